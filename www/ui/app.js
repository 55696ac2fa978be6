// The console: first run, login, then pages by the part of the address behind '#'.

import { accessPage, logServersPage, schedulesPage } from './access.js';
import { call, forget, logout, resume, whenSessionIsOver } from './api.js';
import { boardPage } from './boardpage.js';
import { credentialsPage } from './credentials.js';
import { doorsPage } from './doors.js';
import { el } from './dom.js';
import { eventsPage } from './events.js';
import { explainPage } from './explain.js';
import { ioPage } from './io.js';
import { loginPage, setupPage } from './login.js';
import { makeFrame } from './frame.js';
import { modulesPage } from './modules.js';
import { peoplePage } from './people.js';
import { powerPage } from './power.js';
import { readersPage } from './readers.js';
import { settingsPage } from './settings.js';
import { live } from './state.js';
import { startStream, stopStream } from './stream.js';
import { applyTheme } from './theme.js';
import { wiringPage } from './wiring.js';

const pages = [
	{ path: 'doors', title: 'Doors', open: doorsPage },
	{ path: 'events', title: 'Events', open: eventsPage },
	{ path: 'people', title: 'People', open: peoplePage },
	{ path: 'credentials', title: 'Cards and PINs', open: credentialsPage },
	{ path: 'access', title: 'Access', open: accessPage },
	{ path: 'schedules', title: 'Schedules', open: schedulesPage },
	{ path: 'explain', title: 'Explain', open: explainPage },
	{ path: 'io', title: 'Inputs and outputs', open: ioPage },
	{ path: 'readers', title: 'Readers', open: readersPage },
	{ path: 'modules', title: 'Expansion modules', open: modulesPage },
	{ path: 'power', title: 'Power', open: powerPage },
	{ path: 'wiring', title: 'Wiring', open: wiringPage },
	{ path: 'logservers', title: 'Log servers', open: logServersPage },
	{ path: 'settings', title: 'Settings', open: settingsPage },
	{ path: 'board', title: 'Virtual board', open: boardPage,
		isThere: () => live.get('board')?.console === true },
];

let session = null;
let frame = null;
let closePage = () => {};

function show(node) {
	document.getElementById('app').replaceChildren(node);
	node.querySelector('[autofocus]')?.focus();
}

function openPage() {
	if (!frame)
		return;
	const [path, ...rest] = location.hash.replace(/^#\//, '').split('/');
	const page = pages.find((each) => each.path === path) ?? pages[0];
	closePage();
	document.title = `${page.title} – Cardea`;
	frame.select(page.path);
	const heading = el('h1', { tabindex: -1 }, page.title);
	frame.main.replaceChildren(heading);
	closePage = page.open(frame.main, session, { rest, heading }) ?? (() => {});
	heading.focus();
}

function leave() {
	closePage();
	closePage = () => {};
	frame?.close();
	frame = null;
	session = null;
	stopStream();
	forget();
}

function showLogin(notice) {
	document.title = 'Log in – Cardea';
	show(loginPage(notice, enter));
}

function sessionIsOver() {
	if (!session)
		return;
	leave();
	showLogin('Your session has ended. Log in again.');
}

function enter(newSession) {
	session = newSession;
	frame = makeFrame(session, pages, async () => {
		await logout().catch(() => {});
		leave();
		showLogin('You are logged out.');
	});
	show(frame.node);
	startStream(sessionIsOver);
	openPage();
}

async function start() {
	try {
		const { needed } = await call('GET', 'setup');
		if (needed) {
			document.title = 'First run – Cardea';
			show(setupPage(enter));
			return;
		}
		const known = await resume();
		if (known)
			enter(known);
		else
			showLogin('');
	} catch (error) {
		show(el('main', { class: 'entrance' }, el('div', { class: 'panel' },
			el('h1', {}, 'One moment'),
			el('p', { role: 'status' }, `${error.message} Trying again…`))));
		setTimeout(start, 2000);
	}
}

applyTheme();
whenSessionIsOver(sessionIsOver);
addEventListener('hashchange', openPage);
addEventListener('DOMContentLoaded', start, { once: true });
