// Why somebody is let in or not, step by step. Nothing happens.

import { call, invoke } from './api.js';
import { el, newId, whilePending } from './dom.js';
import { makeFields, showError, showFailure } from './form.js';
import { choicesFor } from './kinds.js';
import { timeText } from './spell.js';

const DECISIONS = {
	granted: { text: 'Granted', level: 'good' },
	denied: { text: 'Denied', level: 'bad' },
	wants_card: { text: 'A card is asked for', level: 'warn' },
	wants_pin: { text: 'A PIN is asked for', level: 'warn' },
	wants_second: { text: 'A second person is asked for', level: 'warn' },
	wants_escort: { text: 'An escort is asked for', level: 'warn' },
};
const MARKS = { passed: '✓', failed: '✗', waits: '…', skipped: '–' };
const NAMES = ['access point', 'card format', 'identifier', 'status', 'validity', 'lock-out',
	'door priority', 'access profiles', 'factors', 'PIN', 'anti-passback', 'second person',
	'interlock and capacity', 'grant'];

// The form's fields, in the words of the schema that every other form has.
function schemaOf(properties) {
	const number = (title, kind, description = '') => ({ type: 'integer', title, 'x-kind': kind,
		minimum: 0, description });
	return { required: ['point'], properties: {
		point: { ...number('Access point', 'access_point'), minimum: 1 },
		by: { type: 'string', title: 'By', enum: ['person', 'credential', 'card'],
			default: 'person', description: 'A person is taken by the first card that counts.' },
		person: number('Person', 'person'),
		credential: number('Card', 'credential'),
		format: properties.format, facility: properties.facility, card: properties.card,
		companion: number('Second card', 'credential',
			'Where two are asked for, or an escort; else nothing.'),
		at: { type: 'string', format: 'date-time', title: 'At', description: 'Now when empty.' },
	} };
}

const OF = { person: ['person'], credential: ['credential'], card: ['format', 'facility', 'card'] };

function paramsOf({ by, ...values }) {
	const wanted = ['point', ...OF[by], 'companion', 'at'];
	return Object.fromEntries(wanted.map((name) => [name, values[name]])
		.filter(([, value]) => value !== undefined && value !== '' && value !== 0)
		.concat(by === 'card' ? [['facility', values.facility ?? 0]] : []));
}

function stepRow(step, name, result, text) {
	return el('tr', { 'data-step': step, 'data-result': result },
		el('td', { class: 'step-number' }, `${step}`),
		el('td', { class: 'step-mark' }, el('span', { 'aria-hidden': 'true' },
			MARKS[result] ?? ''), el('span', { class: 'visually-hidden' }, result)),
		el('td', { class: 'step-name' }, name), el('td', { class: 'step-text' }, text));
}

function answerNode(answer) {
	const { text, level } = DECISIONS[answer.decision] ?? { text: answer.decision, level: 'warn' };
	const reached = answer.steps.length;
	const facts = [answer.holder, answer.floors.length ? `floors ${answer.floors.join(', ')}` : '',
		timeText(answer.at)].filter(Boolean).join(' · ');
	return el('section', { class: 'panel explanation', 'data-level': level,
		'aria-label': 'Explanation' },
	el('h2', {}, answer.reason ? `${text}: ${answer.reason}` : text),
	el('p', {}, answer.why ? `${answer.why.charAt(0).toUpperCase()}${answer.why.slice(1)}.` : ''),
	el('p', { class: 'hint' }, facts),
	el('table', { class: 'steps', 'aria-label': 'Steps' }, el('thead', {}, el('tr', {},
		['Step', 'Result', 'Name', 'What was looked at'].map((title) =>
			el('th', { scope: 'col' }, title)))),
	el('tbody', {}, answer.steps.map(({ step, name, result, text: looked }) =>
		stepRow(step, name, result, looked)),
	NAMES.slice(reached).map((name, index) => stepRow(reached + index + 1, name, 'not reached',
		'')))));
}

function explainForm(schema, choices, start, answer) {
	const fields = makeFields(schema, { choices, names: Object.keys(schema.properties) });
	const message = el('p', { class: 'message', role: 'alert' });
	const button = el('button', { type: 'submit', class: 'primary' }, 'Explain');
	const titleId = newId('explain');
	const form = el('form', { class: 'panel', novalidate: true, 'aria-labelledby': titleId,
		onsubmit: async (event) => {
			event.preventDefault();
			fields.clearErrors();
			message.textContent = '';
			answer.replaceChildren();
			try {
				answer.replaceChildren(answerNode(await whilePending(button, 'Asking…',
					() => invoke('access.explain', paramsOf(fields.get())))));
			} catch (error) {
				showError(fields, message, error);
				if (fields.get().by && message.textContent.startsWith('Not saved'))
					message.textContent = 'See the marked field.';
			}
		} },
	el('h2', { id: titleId }, 'Who, where and when'), el('div', { class: 'fields' }, fields.nodes),
	message, el('div', { class: 'actions' }, button));
	const names = Object.keys(schema.properties);
	const follow = () => {
		const { by } = fields.get();
		names.forEach((name, index) => {
			const way = Object.keys(OF).find((each) => OF[each].includes(name));
			fields.nodes[index].hidden = way !== undefined && way !== by;
		});
	};
	form.addEventListener('change', follow);
	fields.set(start);
	follow();
	return form;
}

export function explainPage(main, session, { rest }) {
	const message = el('p', { class: 'message', role: 'status' });
	const answer = el('div', { 'aria-live': 'polite' });
	const open = async () => {
		const whole = await call('GET', 'schema');
		const schema = schemaOf(whole.objects.credential.properties);
		const choices = await choicesFor(schema, whole);
		const [by, id] = rest;
		const start = { point: choices.access_point[0]?.id ?? 1,
			...(OF[by] ? { by, [by]: Number(id) } : {}) };
		main.append(explainForm(schema, choices, start, answer), answer);
	};
	main.append(el('p', { class: 'intro' }, 'What would be decided, and what each step looks at. '
		+ 'Nothing happens at the door. PINs cannot be tried here.'), message);
	if (session.role === 'administrator')
		open().catch((error) => showFailure(message, error));
	else
		message.textContent = 'Only an administrator may ask this.';
}
