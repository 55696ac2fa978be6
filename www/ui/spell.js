// Values as people read them, by their schema.

const KINDS = { access_point: 'access point', access_profile: 'access profile' };
export const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

const local = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

// "card_and_pin" is "Card and PIN".
export function spell(word) {
	const text = (KINDS[word] ?? word).replaceAll('_', ' ').replace(/\bpin\b/g, 'PIN');
	return text.charAt(0).toUpperCase() + text.slice(1);
}

export function timeText(value) {
	return value ? local.format(new Date(value)) : '';
}

// "Mon–Fri" for what follows one another, else "Mon, Wed".
export function daysText(days) {
	const sorted = [...days].sort((a, b) => a - b);
	const isRun = sorted.length > 2
		&& sorted.every((day, index) => index === 0 || day === sorted[index - 1] + 1);
	return isRun ? `${WEEKDAYS[sorted[0] - 1]}–${WEEKDAYS[sorted.at(-1) - 1]}`
		: sorted.map((day) => WEEKDAYS[day - 1]).join(', ');
}

export function isWeekdays(name, schema) {
	return name === 'days' && schema.items?.maximum === 7;
}

function unitOf(value, unit) {
	return value === 1 && /\w\ws$/.test(unit) ? unit.slice(0, -1) : unit;
}

function nameOf(kind, id, choices) {
	return choices[kind]?.find((each) => each.id === id)?.name ?? `${spell(kind)} ${id}`;
}

function arrayText(name, value, schema, choices) {
	if (schema.items.type === 'object')
		return value.map((entry) => entryText(entry, schema.items, choices)).join('; ');
	if (isWeekdays(name, schema))
		return daysText(value);
	return value.map((id) => (schema['x-kind'] || choices[name]
		? nameOf(schema['x-kind'] ?? name, id, choices) : id)).join(', ');
}

// '' for what is not set.
export function valueText(name, value, schema, choices) {
	if (value === undefined || value === null || value === '')
		return '';
	if (schema.type === 'boolean')
		return value ? 'Yes' : 'No';
	if (schema.type === 'array')
		return arrayText(name, value, schema, choices);
	if (schema.enum)
		return spell(value);
	if (schema['x-kind'])
		return value === 0 ? '' : nameOf(schema['x-kind'], value, choices);
	if (schema.format === 'date-time')
		return timeText(value);
	if (name === 'door')
		return nameOf(name, value, choices);
	return schema['x-unit'] ? `${value} ${unitOf(value, schema['x-unit'])}` : String(value);
}

function entryText(entry, schema, choices) {
	const text = (name) => (schema.properties[name]
		? valueText(name, entry[name], schema.properties[name], choices) : '');
	if (entry.from !== undefined && entry.to !== undefined && entry.days)
		return `${text('days')} ${entry.from}–${entry.to}`;
	// What is as usual is not worth a word.
	const isUsual = (name) => JSON.stringify(entry[name])
		=== JSON.stringify(schema.properties[name].default);
	return orderOf(schema).map((name) => (isUsual(name) ? '' : text(name))).filter(Boolean)
		.join(' · ');
}

// What people look for first; everything else as it comes, and lists at the end.
const FIRST = ['name', 'subject', 'issuer', 'reference', 'enabled', 'profile', 'group', 'threat', 'level', 'date', 'start', 'end',
	'days', 'from', 'to', 'weekly', 'special', 'doors', 'access_points', 'door_groups', 'floors', 'floor_groups'];

export function orderOf(schema) {
	const names = Object.keys(schema.properties);
	const isLong = (name) => schema.properties[name].items?.type === 'object';
	const sorted = FIRST.filter((name) => names.includes(name))
		.concat(names.filter((name) => !FIRST.includes(name)));
	return sorted.filter((name) => !isLong(name)).concat(sorted.filter(isLong));
}
