// Builds elements. Text only ever becomes a text node, so nothing from the device or from a
// person is parsed as HTML.

const SVG = 'http://www.w3.org/2000/svg';

function assign(node, properties) {
	for (const [name, value] of Object.entries(properties)) {
		if (value === null || value === undefined || value === false)
			continue;
		if (name.startsWith('on'))
			node.addEventListener(name.slice(2), value);
		else
			node.setAttribute(name, value === true ? '' : String(value));
	}
}

export function el(tag, properties = {}, ...children) {
	const node = document.createElement(tag);
	assign(node, properties);
	node.append(...children.flat().filter((child) => child !== null && child !== undefined));
	return node;
}

export function svg(tag, properties = {}, ...children) {
	const node = document.createElementNS(SVG, tag);
	assign(node, properties);
	node.append(...children);
	return node;
}

// Writes only what differs: a live region speaks when its text is replaced, even by itself.
export function setText(node, text) {
	if (node.textContent !== text)
		node.textContent = text;
}

export function setAttribute(node, name, value) {
	if (value === null || value === false)
		node.removeAttribute(name);
	else if (node.getAttribute(name) !== String(value))
		node.setAttribute(name, String(value));
}

let lastId = 0;

export function newId(prefix) {
	lastId += 1;
	return `${prefix}-${lastId}`;
}

// Runs fn; while it runs the button says so and cannot be pressed again.
export async function whilePending(button, pendingText, fn) {
	const text = button.textContent;
	button.disabled = true;
	button.setAttribute('aria-busy', 'true');
	button.textContent = pendingText;
	try {
		return await fn();
	} finally {
		button.disabled = false;
		button.removeAttribute('aria-busy');
		button.textContent = text;
	}
}

// Asks before something is lost. Escape and the first button refuse.
export function confirmDialog(title, text, action) {
	return new Promise((resolve) => {
		const titleId = newId('dialog');
		const dialog = el('dialog', { 'aria-labelledby': titleId },
			el('h2', { id: titleId }, title),
			el('p', {}, text),
			el('div', { class: 'actions' },
				el('button', { type: 'button', autofocus: true,
					onclick: () => dialog.close('') }, 'Cancel'),
				el('button', { type: 'button', class: 'danger',
					onclick: () => dialog.close('yes') }, action)));
		dialog.addEventListener('close', () => {
			dialog.remove();
			resolve(dialog.returnValue === 'yes');
		});
		document.body.append(dialog);
		dialog.showModal();
	});
}
