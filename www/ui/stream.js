// The live stream. A browser has six connections to a host, so all its tabs share one: the tab
// that holds a Web Lock reads the stream and tells the others over a BroadcastChannel.

import { addEvents, clearAll, events, live, setLink, setLive, trimEvents } from './state.js';
import { call } from './api.js';

const LOCK = 'cardea.stream';
const RETRY_MS = [500, 1000, 2000, 4000];
// The server says "alive" every 10 s, the leading tab every 2 s.
const SILENCE_MS = 25000;
const LEADER_SILENCE_MS = 6000;
const BEAT_MS = 2000;

let stop = null;

function receive(message) {
	if (message.type === 'state')
		setLive(message.key, message.value);
	else if (message.type === 'log')
		addEvents([message.record]);
	else if (message.type === 'link')
		setLink(message.isUp);
}

async function catchUp() {
	const page = await call('GET', 'events?limit=100');
	addEvents(page.events);
}

// Reads the stream until signal aborts; say() gets every message.
function lead(signal, say, onOver) {
	let source = null;
	let attempt = 0;
	let silence = 0;
	let retry = 0;

	const down = () => {
		source?.close();
		source = null;
		clearTimeout(silence);
		clearTimeout(retry);
		say({ type: 'link', isUp: false });
	};
	const again = () => {
		down();
		if (signal.aborted)
			return;
		const delay = RETRY_MS[Math.min(attempt++, RETRY_MS.length - 1)];
		retry = setTimeout(check, delay);
	};
	const heard = () => {
		clearTimeout(silence);
		silence = setTimeout(again, SILENCE_MS);
	};
	// An EventSource does not say why it failed, so ask before each attempt.
	const check = async () => {
		try {
			await call('GET', 'session');
			await open();
		} catch (error) {
			if (error.status === 401)
				onOver();
			else
				again();
		}
	};
	const open = () => {
		source = new EventSource('/api/v1/stream');
		source.onerror = again;
		source.addEventListener('state', (event) => {
			heard();
			say({ type: 'state', ...JSON.parse(event.data) });
		});
		source.addEventListener('log', (event) => {
			heard();
			say({ type: 'log', record: JSON.parse(event.data) });
		});
		source.addEventListener('alive', heard);
		source.addEventListener('end', again);
		source.addEventListener('ready', () => {
			attempt = 0;
			heard();
			say({ type: 'link', isUp: true });
		});
	};
	const online = () => {
		attempt = 0;
		again();
	};
	addEventListener('offline', down);
	addEventListener('online', online);
	signal.addEventListener('abort', () => {
		down();
		removeEventListener('offline', down);
		removeEventListener('online', online);
	});
	open();
}

function snapshotMessages(isUp) {
	return [...live].map(([key, value]) => ({ type: 'state', key, value }))
		.concat([{ type: 'link', isUp }]);
}

// Starts following; onOver is called when the session has ended.
export function startStream(onOver) {
	const controller = new AbortController();
	const { signal } = controller;
	const channel = new BroadcastChannel(LOCK);
	let isLeader = false;
	let isUp = false;
	let silence = 0;

	const take = (message) => {
		if (signal.aborted)
			return;
		const wasUp = isUp;
		if (message.type === 'link')
			isUp = message.isUp;
		receive(message);
		if (isUp && !wasUp)
			catchUp().catch(() => {}); // It fails when the link is lost again, and is done anew then.
		trimEvents();
	};
	const hush = () => {
		clearTimeout(silence);
		silence = setTimeout(() => take({ type: 'link', isUp: false }), LEADER_SILENCE_MS);
	};
	channel.onmessage = ({ data }) => {
		if (isLeader) {
			if (data.type === 'hello')
				snapshotMessages(isUp).forEach((each) => channel.postMessage(each));
			return;
		}
		hush();
		if (data.type === 'over')
			onOver();
		else if (data.type === 'beat' && data.isUp !== isUp)
			channel.postMessage({ type: 'hello' });
		else if (data.type !== 'beat' && data.type !== 'hello')
			take(data);
	};
	const tell = (message) => {
		if (!signal.aborted)
			channel.postMessage(message);
	};
	const becomeLeader = () => new Promise((resolve) => {
		isLeader = true;
		clearTimeout(silence);
		const beat = setInterval(() => tell({ type: 'beat', isUp }), BEAT_MS);
		lead(signal, (message) => {
			take(message);
			tell(message);
		}, () => {
			tell({ type: 'over' });
			onOver();
		});
		signal.addEventListener('abort', () => {
			clearInterval(beat);
			resolve();
		});
	});
	navigator.locks.request(LOCK, { signal }, becomeLeader).catch(() => {});
	channel.postMessage({ type: 'hello' });
	signal.addEventListener('abort', () => {
		clearTimeout(silence);
		channel.close();
		clearAll();
	});
	stop = () => controller.abort();
}

export function stopStream() {
	stop?.();
	stop = null;
}

// One page further back; false when there is none.
export async function loadOlder() {
	const oldest = events.at(-1)?.event.seq;
	const page = await call('GET', `events?limit=100${oldest ? `&before=${oldest}` : ''}`);
	addEvents(page.events);
	return page.events.length > 0;
}
