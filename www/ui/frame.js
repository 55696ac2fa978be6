// The frame of every page: header, navigation, offline banner.

import { el, setAttribute, setText } from './dom.js';
import { currentTheme, setTheme } from './theme.js';
import { link, live, subscribe } from './state.js';

function themeSelect() {
	const select = el('select', { id: 'theme', onchange: () => setTheme(select.value) },
		el('option', { value: 'auto' }, 'Automatic'),
		el('option', { value: 'light' }, 'Light'),
		el('option', { value: 'dark' }, 'Dark'));
	select.value = currentTheme();
	return el('span', { class: 'theme' }, el('label', { for: 'theme' }, 'Theme'), select);
}

function bannerText() {
	const time = link.since?.toLocaleTimeString() ?? '';
	return `No connection to the controller since ${time}. What you see is from before; `
		+ 'trying again…';
}

export function makeFrame(session, pages, onLogout) {
	const name = el('span', { class: 'system-name' });
	const banner = el('div', { class: 'banner', role: 'alert', hidden: true });
	const main = el('main', { id: 'main', tabindex: -1 });
	const version = el('p', { class: 'version' });
	const links = pages.map((page) => el('a', { href: `#/${page.path}` }, page.title));
	const nav = el('nav', { 'aria-label': 'Main' }, el('ul', {},
		links.map((each) => el('li', {}, each))), version);
	const hide = () => pages.forEach((page, index) => {
		links[index].parentElement.hidden = page.isThere ? !page.isThere() : false;
	});
	const header = el('header', {},
		el('a', { class: 'skip', href: '#main', onclick: (event) => {
			event.preventDefault();
			main.focus();
		} }, 'Skip to content'),
		el('span', { class: 'brand' }, el('img', { src: '/favicon.svg', alt: '', width: 24,
			height: 24 }), 'Cardea'), name,
		el('span', { class: 'grow' }), themeSelect(),
		el('span', { class: 'who' }, `${session.account} (${session.role})`),
		el('button', { type: 'button', onclick: onLogout }, 'Log out'));
	const frame = el('div', { class: 'frame' }, header, banner,
		el('div', { class: 'columns' }, nav, main));

	const update = () => {
		hide();
		const isLost = link.since !== null && !link.isUp;
		setText(name, live.get('settings')?.['system.name'] ?? '');
		setText(version, live.has('system') ? `Version ${live.get('system').version}` : '');
		if (banner.hidden === isLost) {
			banner.hidden = !isLost;
			banner.textContent = isLost ? bannerText() : '';
		}
		frame.classList.toggle('stale', isLost);
	};
	const unsubscribe = subscribe(update);
	update();
	return {
		node: frame,
		main,
		select: (path) => links.forEach((each) => setAttribute(each, 'aria-current',
			each.hash === `#/${path}` ? 'page' : null)),
		close: unsubscribe,
	};
}
