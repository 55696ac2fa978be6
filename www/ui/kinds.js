// The kinds of objects that are shown as lists: where, with which columns, what to say when there is
// none, and which fields a form has first. A kind of the schema that no row names has a list on the
// page "Access".

import { invoke } from './api.js';
import { orderOf, spell } from './spell.js';

export const KINDS = [
	{ kind: 'access_profile', page: 'access', title: 'Profiles', one: 'access profile',
		columns: ['name', 'rules', 'max_threat'],
		empty: 'No profiles yet. A profile says which doors are opened, and when; people are '
			+ 'given profiles.' },
	{ kind: 'access_point', page: 'access', title: 'Access points', one: 'access point',
		columns: ['name', 'door', 'direction', 'area_from', 'area_to', 'authentication',
			'enabled'] },
	{ kind: 'area', page: 'access', title: 'Areas', one: 'area',
		columns: ['name', 'apb', 'apb_time', 'capacity'],
		empty: 'No areas yet. Areas are needed for anti-passback and for counting who is inside.' },
	{ kind: 'authentication', page: 'access', title: 'Authentications', one: 'authentication',
		columns: ['name', 'level', 'times', 'threats'],
		empty: 'No authentications yet: a card opens everywhere. Add one to ask for a PIN or for '
			+ 'two cards.' },
	{ kind: 'door_group', page: 'access', title: 'Door groups', one: 'door group',
		columns: ['name', 'doors'], empty: 'No door groups yet. They save typing in profiles.' },
	{ kind: 'floor_group', page: 'access', title: 'Floor groups', one: 'floor group',
		columns: ['name', 'floors'], empty: 'No floor groups yet. They save typing in profiles.' },
	{ kind: 'log_server', page: 'logservers', title: 'Log servers', one: 'log server',
		columns: ['name', 'host', 'transport', 'format', 'type', 'severity', 'enabled'],
		first: ['name', 'enabled', 'host', 'transport', 'port', 'format', 'type', 'severity',
			'ca', 'check', 'certificate_name', 'fingerprints', 'certificate', 'ca_file', 'crl_file',
			'certificate_file', 'key_file'],
		empty: 'No log servers yet. Each gets a copy of the event log.' },
	{ kind: 'certificate', page: 'logservers', title: 'Certificates', one: 'certificate',
		columns: ['name', 'contents', 'has_key'], first: ['name', 'certificates', 'key'],
		empty: 'No certificates yet. Add those of the CAs that log servers are trusted by, or the '
			+ 'one that the controller shows to them.' },
	{ kind: 'schedule', page: 'schedules', title: 'Schedules', one: 'schedule',
		columns: ['name', 'weekly', 'events', 'special'],
		empty: 'No schedules yet: what has no schedule counts always. Add one, such as office '
			+ 'hours, and choose it in a profile.' },
	{ kind: 'special_days', page: 'schedules', title: 'Special days', one: 'group of special days',
		columns: ['name', 'days'],
		empty: 'No special days yet. Holidays are such a group: schedules say what counts on them.' },
];

// These have pages of their own.
const ELSEWHERE = ['credential', 'door', 'feedback', 'floor', 'input', 'module', 'output', 'person',
	'reader'];
const PAGE = 50;

export function kindsOf(page, schema) {
	const known = KINDS.map(({ kind }) => kind).concat(ELSEWHERE);
	const others = page !== 'access' ? [] : Object.keys(schema.objects)
		.filter((kind) => !known.includes(kind))
		.map((kind) => ({ kind, page, title: `${spell(kind)}s`,
			one: spell(kind).toLowerCase(), columns: orderOf(schema.objects[kind]).slice(0, 5),
			empty: `No ${spell(kind).toLowerCase()}s yet.` }));
	return KINDS.filter((each) => each.page === page && schema.objects[each.kind]).concat(others);
}

export function isFixed(kind) {
	return ['access_point', 'door', 'feedback', 'input', 'output', 'reader'].includes(kind);
}

export function nameOf(object) {
	return object.name || object.holder
		|| (object.type === 'pin' ? `PIN ${object.id}` : `Card ${object.card}`);
}

// One page: {objects, next?, count?}.
export function listOf(kind, { after = 0, limit = PAGE, search = '', filter = null } = {}) {
	return invoke('object.list', { kind, after, limit, ...(search ? { search } : {}),
		...(filter ? { filter } : {}) });
}

async function everyOne(kind) {
	const all = [];
	let after = 0;
	do {
		const page = await listOf(kind, { after, limit: 200 });
		all.push(...page.objects);
		after = page.next;
	} while (after);
	return all.map((object) => ({ id: object.id, name: nameOf(object) }));
}

function wanted(schema, kinds) {
	for (const [name, property] of Object.entries(schema.properties)) {
		if (property['x-kind'])
			kinds.add(property['x-kind']);
		// Doors and floors may be numbered without being there.
		if (!property['x-kind'] && ['door', 'doors', 'floors'].includes(name))
			kinds.add(name.replace(/s$/, ''));
		if (property.items?.type === 'object')
			wanted(property.items, kinds);
	}
	return kinds;
}

// What the fields of an object may refer to: {kind: [{id, name}]}, but not of the kinds of which
// there are too many.
export async function choicesFor(schema, whole) {
	const kinds = [...wanted(schema, new Set())]
		.filter((kind) => whole.objects[kind] && !['person', 'credential'].includes(kind));
	const lists = await Promise.all(kinds.map(everyOne));
	const choices = Object.fromEntries(kinds.map((kind, index) => [kind, lists[index]]));
	return { ...choices, doors: choices.door, floors: choices.floor };
}
