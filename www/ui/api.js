// Calls of the REST interface. The session's token is in a cookie that scripts cannot see; what
// this page holds is the CSRF token.

export class ApiError extends Error {
	constructor(status, problem) {
		super(problem.detail ?? 'The console does not answer.');
		this.status = status;
		this.code = problem.code ?? 'unreachable';
		this.field = problem.field ?? null;
	}
}

const HINT = 'cardea.session';
let csrf = '';
let onSessionOver = () => {};

export function whenSessionIsOver(fn) {
	onSessionOver = fn;
}

async function problemOf(response) {
	try {
		return await response.json();
	} catch {
		return {};
	}
}

export async function call(verb, path, body) {
	const headers = {};
	if (body !== undefined)
		headers['Content-Type'] = 'application/json';
	if (verb !== 'GET' && csrf)
		headers['X-CSRF-Token'] = csrf;
	let response;
	try {
		response = await fetch(`/api/v1/${path}`, {
			method: verb,
			headers,
			body: body === undefined ? undefined : JSON.stringify(body),
			credentials: 'same-origin',
			cache: 'no-store',
		});
	} catch {
		throw new ApiError(0, {});
	}
	if (response.ok)
		return response.status === 204 ? null : response.json();
	const error = new ApiError(response.status, await problemOf(response));
	if (response.status === 401 && path !== 'session')
		onSessionOver();
	throw error;
}

// A method of the store by its name.
export function invoke(method, params = {}) {
	return call('POST', 'call', { method, params });
}

function begin(session) {
	csrf = session.csrf;
	localStorage.setItem(HINT, '1');
	return session;
}

export async function login(account, password) {
	return begin(await call('POST', 'session', { account, password }));
}

export async function createAdministrator(account, password) {
	return begin(await call('POST', 'setup', { account, password }));
}

// The cookie is invisible, so a hint says whether asking makes sense.
export async function resume() {
	if (!localStorage.getItem(HINT))
		return null;
	try {
		return begin(await call('GET', 'session'));
	} catch (error) {
		if (error.status !== 401)
			throw error;
		forget();
		return null;
	}
}

export function forget() {
	csrf = '';
	localStorage.removeItem(HINT);
}

export async function logout() {
	try {
		await call('DELETE', 'session');
	} finally {
		forget();
	}
}
