// First run and login.

import { createAdministrator, login } from './api.js';
import { el, newId, whilePending } from './dom.js';

const PASSWORD_ADVICE = 8;

function textField(label, properties, hint) {
	const id = newId('login');
	const hintId = newId('hint');
	const input = el('input', { id, required: true, 'aria-describedby': hint ? hintId : null,
		...properties });
	return { input, node: el('div', { class: 'field' }, el('label', { for: id }, label), input,
		hint ? el('p', { class: 'hint', id: hintId }, hint) : null) };
}

function page(title, intro, fields, action, submit) {
	const message = el('p', { class: 'message', role: 'alert' });
	const button = el('button', { type: 'submit', class: 'primary' }, action);
	const form = el('form', { class: 'panel', onsubmit: async (event) => {
		event.preventDefault();
		message.className = 'message';
		message.textContent = '';
		try {
			await whilePending(button, 'One moment…', submit);
		} catch (error) {
			message.className = 'message error';
			message.textContent = error.status === 401
				? 'The account or the password is wrong.'
				: error.message.charAt(0).toUpperCase() + error.message.slice(1);
			fields.at(-1).input.focus();
		}
	} }, el('h1', { tabindex: -1 }, title), el('p', { class: 'intro' }, intro),
	fields.map((field) => field.node), message, button);
	return el('main', { class: 'entrance' },
		el('p', { class: 'brand' }, el('img', { src: '/favicon.svg', alt: '', width: 32,
			height: 32 }), 'Cardea'), form);
}

export function loginPage(notice, done) {
	const account = textField('Account', { autocomplete: 'username', autofocus: true,
		maxlength: 64 });
	const password = textField('Password', { type: 'password',
		autocomplete: 'current-password' });
	return page('Log in', notice || 'Door controller', [account, password], 'Log in',
		async () => done(await login(account.input.value, password.input.value)));
}

export function setupPage(done) {
	const account = textField('Account', { autocomplete: 'username', autofocus: true,
		maxlength: 64 }, 'The name of the first administrator. There is no default account.');
	const password = textField('Password', { type: 'password', autocomplete: 'new-password' },
		`Use at least ${PASSWORD_ADVICE} characters, best from a password manager. It is the main `
		+ 'protection of this controller.');
	const again = textField('Password again', { type: 'password',
		autocomplete: 'new-password' });
	return page('Create the administrator',
		'This controller is new. Create the account that manages it.',
		[account, password, again], 'Create account', async () => {
			if (password.input.value !== again.input.value)
				throw new Error('The two passwords differ.');
			done(await createAdministrator(account.input.value, password.input.value));
		});
}
