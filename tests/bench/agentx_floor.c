/*
 * The least that an AgentX subagent can do, to measure others by: agentx_floor SOCKET ROWS. It
 * opens, registers the playpen of Net-SNMP's tree and answers GETNEXT over one table of twelve
 * columns from the request's own bytes, blocking, with no library, no checks and no other duty.
 */
#include <endian.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define HEADER	  20
#define COLUMNS	  12
#define BIG	  0x10
#define SIZE	  65536
#define TABLE_LEN 13

/* netSnmpPlaypen.1.1.1: the entry. */
static const uint32_t table[TABLE_LEN] = { 1, 3, 6, 1, 4, 1, 8072, 9999, 9999, 1, 1, 1, 1 };
static uint32_t rows;
static int is_big;

static uint32_t
get(const uint8_t *at)
{
	uint32_t number;

	memcpy(&number, at, 4);
	return is_big ? be32toh(number) : le32toh(number);
}

static uint8_t *
put(uint8_t *at, uint32_t number)
{
	number = is_big ? htobe32(number) : htole32(number);
	memcpy(at, &number, 4);
	return at + 4;
}

static uint8_t *
put_oid(uint8_t *at, const uint32_t *sub, unsigned count)
{
	*at++ = (uint8_t) count;
	*at++ = 0;
	*at++ = 0;
	*at++ = 0;
	for (unsigned i = 0; i < count; i++)
		at = put(at, sub[i]);
	return at;
}

static const uint8_t *
get_oid(const uint8_t *at, uint32_t *sub, unsigned *ret_count)
{
	unsigned count = at[0];
	unsigned before = at[1] ? 5 : 0;

	if (at[1])
		memcpy(sub, (uint32_t[]){ 1, 3, 6, 1, at[1] }, 5 * sizeof(*sub));
	for (unsigned i = 0; i < count; i++)
		sub[before + i] = get(at + 4 + 4 * i);
	*ret_count = before + count;
	return at + 4 + 4 * count;
}

static int
compare(const uint32_t *a, unsigned a_count, const uint32_t *b, unsigned b_count)
{
	for (unsigned i = 0; i < a_count && i < b_count; i++)
		if (a[i] != b[i])
			return a[i] < b[i] ? -1 : 1;
	return (a_count > b_count) - (a_count < b_count);
}

/* What follows an OID; 0 when nothing does. */
static int
next(const uint32_t *from, unsigned count, uint32_t *column, uint32_t *row)
{
	int order = compare(from, count < TABLE_LEN ? count : TABLE_LEN, table, TABLE_LEN);

	*column = *row = 1;
	if (order < 0 || count == TABLE_LEN)
		return 1;
	if (order > 0)
		return 0;
	*column = from[TABLE_LEN] ? from[TABLE_LEN] : 1;
	*row = count > TABLE_LEN + 1 ? from[TABLE_LEN + 1] + 1 : 1;
	if (*row > rows) {
		++*column;
		*row = 1;
	}
	return *column <= COLUMNS;
}

static uint8_t *
answer_one(uint8_t *at, const uint32_t *from, unsigned from_count, const uint32_t *end,
	   unsigned end_count)
{
	uint32_t name[TABLE_LEN + 2];
	uint8_t *start = at;
	int is_there = next(from, from_count, &name[TABLE_LEN], &name[TABLE_LEN + 1]);

	memcpy(name, table, sizeof(table));
	if (is_there && end_count > 2 && compare(name, TABLE_LEN + 2, end, end_count) >= 0)
		is_there = 0;
	put(at, 0);
	at += 4;
	at = is_there ? put_oid(at, name, TABLE_LEN + 2) : put_oid(at, from, from_count);
	uint16_t type = is_there ? 2 : 130;
	type = is_big ? htobe16(type) : htole16(type);
	memcpy(start, &type, 2);
	return is_there ? put(at, name[TABLE_LEN + 1]) : at;
}

static size_t
answer(const uint8_t *request, size_t size, uint8_t *response)
{
	uint8_t *at = response + HEADER;

	is_big = request[2] & BIG;
	memcpy(response, request, HEADER);
	response[1] = 18;
	at = put(at, 0);
	at = put(at, 0);
	for (const uint8_t *from = request + HEADER; from < request + size;) {
		uint32_t start[256];
		uint32_t end[256];
		unsigned start_count;
		unsigned end_count;
		from = get_oid(from, start, &start_count);
		from = get_oid(from, end, &end_count);
		at = answer_one(at, start, start_count, end, end_count);
	}
	put(response + 16, (uint32_t) (at - response - HEADER));
	return (size_t) (at - response);
}

static void
begin(uint8_t *packet, int type, const uint8_t *end, uint32_t session)
{
	memset(packet, 0, HEADER);
	packet[0] = 1;
	packet[1] = (uint8_t) type;
	packet[2] = BIG;
	put(packet + 4, session);
	put(packet + 12, (uint32_t) type);
	put(packet + 16, (uint32_t) (end - packet - HEADER));
}

static size_t
exchange(int fd, const uint8_t *packet, const uint8_t *end, uint8_t *response)
{
	if (write(fd, packet, (size_t) (end - packet)) < 0)
		exit(1);
	ssize_t size = read(fd, response, SIZE);
	if (size < HEADER + 8 || response[HEADER + 4] || response[HEADER + 5])
		exit(1);
	return (size_t) size;
}

static void
open_session(int fd)
{
	static uint8_t packet[SIZE];
	static uint8_t response[SIZE];

	is_big = 1;
	uint8_t *at = put(packet + HEADER, 0);
	at = put_oid(at, NULL, 0);
	at = put(at, 0);
	begin(packet, 1, at, 0);
	(void) exchange(fd, packet, at, response);
	is_big = response[2] & BIG;
	uint32_t session = get(response + 4);
	is_big = 1;
	at = packet + HEADER;
	memcpy(at, (uint8_t[]){ 0, 127, 0, 0 }, 4);
	at = put_oid(at + 4, table, TABLE_LEN - 3);
	begin(packet, 3, at, session);
	(void) exchange(fd, packet, at, response);
}

int
main(int argc, char **argv)
{
	static uint8_t request[SIZE];
	static uint8_t response[SIZE];
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (argc != 3)
		return 1;
	(void) snprintf(address.sun_path, sizeof(address.sun_path), "%s", argv[1]);
	rows = (uint32_t) strtoul(argv[2], NULL, 10);
	if (connect(fd, (struct sockaddr *) &address, sizeof(address)) < 0)
		return 1;
	open_session(fd);
	for (;;) {
		ssize_t size = read(fd, request, sizeof(request));
		if (size < HEADER)
			return 0;
		if (write(fd, response, answer(request, (size_t) size, response)) < 0)
			return 0;
	}
}
