// Light, dark or what the system prefers; remembered in this browser.

const KEY = 'cardea.theme';

function read() {
	try {
		return localStorage.getItem(KEY) ?? 'auto';
	} catch {
		return 'auto';
	}
}

function apply(theme) {
	if (theme === 'auto')
		delete document.documentElement.dataset.theme;
	else
		document.documentElement.dataset.theme = theme;
}

export function applyTheme() {
	apply(read());
}

export function currentTheme() {
	return read();
}

export function setTheme(theme) {
	try {
		localStorage.setItem(KEY, theme);
	} catch {
		// A browser that keeps nothing still gets the theme for now.
	}
	apply(theme);
}
