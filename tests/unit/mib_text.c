#include "tests/unit/mib_text.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/util.h"

#define FILE_SIZE  524288
#define TOKENS_MAX 65536

struct tokens {
	size_t count;
	char words[TOKENS_MAX][64];
};

/* Comments and descriptions hold words that look like definitions. */
static const char *
skip(const char *c)
{
	if (*c == '"') {
		c = strchr(c + 1, '"');
		return c ? c + 1 : "";
	}
	if (c[0] == '-' && c[1] == '-')
		return c + strcspn(c, "\n");
	return c + 1;
}

static bool
is_word(char c)
{
	return isalnum((unsigned char) c) || c == '-';
}

static void
split(const char *c, struct tokens *tokens)
{
	while (*c && tokens->count < TOKENS_MAX) {
		size_t length = 0;
		if (isspace((unsigned char) *c) || *c == '"' || !strncmp(c, "--", 2)) {
			c = skip(c);
			continue;
		}
		while (is_word(c[length]))
			length++;
		if (!length)
			length = strncmp(c, "::=", 3) ? 1 : 3;
		(void) snprintf(tokens->words[tokens->count++], sizeof(tokens->words[0]), "%.*s",
				(int) length, c);
		c += length;
	}
}

const struct mib_node *
mib_text_find(const struct mib_text *text, const char *name)
{
	for (size_t i = 0; i < text->count; i++)
		if (!strcmp(text->nodes[i].name, name))
			return &text->nodes[i];
	return NULL;
}

static bool
is_definition(const struct tokens *tokens, size_t i)
{
	static const char *const macros[] = { "MODULE-IDENTITY",    "OBJECT-IDENTITY",
					      "OBJECT-TYPE",	    "NOTIFICATION-TYPE",
					      "MODULE-COMPLIANCE",  "OBJECT-GROUP",
					      "NOTIFICATION-GROUP", NULL };
	const char *next = tokens->words[i + 1];

	if (!islower((unsigned char) tokens->words[i][0]))
		return false;
	if (!strcmp(next, "OBJECT") && !strcmp(tokens->words[i + 2], "IDENTIFIER"))
		return true;
	for (const char *const *macro = macros; *macro; macro++)
		if (!strcmp(next, *macro))
			return true;
	return false;
}

/* Reads the definition at token i; returns the token behind it. */
static size_t
define(struct mib_text *text, const struct tokens *tokens, size_t i)
{
	struct mib_node *node = &text->nodes[text->count];

	*node = (struct mib_node){ 0 };
	(void) copy_string(node->name, sizeof(node->name), tokens->words[i]);
	(void) copy_string(node->macro, sizeof(node->macro), tokens->words[i + 1]);
	for (; i + 3 < tokens->count && strcmp(tokens->words[i], "::="); i++) {
		if (!strcmp(tokens->words[i], "SYNTAX"))
			(void) copy_string(node->syntax, sizeof(node->syntax),
					   tokens->words[i + 1]);
		if (!strcmp(tokens->words[i], "MAX-ACCESS"))
			(void) copy_string(node->access, sizeof(node->access),
					   tokens->words[i + 1]);
	}
	const struct mib_node *parent = mib_text_find(text, tokens->words[i + 2]);
	if (parent)
		node->oid = parent->oid;
	else
		node->oid = (struct mib_oid){ 6, { 1, 3, 6, 1, 4, 1 } };
	node->oid.sub[node->oid.length++] = (uint32_t) strtoul(tokens->words[i + 3], NULL, 10);
	text->count++;
	return i + 4;
}

int
mib_text_read(struct mib_text *text, const char *path)
{
	const char *root = getenv("CARDEA_SRCDIR");
	char full[512];
	_cleanup_(freep) char *content = xcalloc(1, FILE_SIZE);
	_cleanup_(freep) struct tokens *tokens = xcalloc(1, sizeof(*tokens));
	int r = path_join(full, sizeof(full), root ? root : ".", path);

	if (r < 0)
		return r;
	r = read_file(full, content, FILE_SIZE);
	if (r < 0)
		return r;
	split(content, tokens);
	for (size_t i = 0; i + 4 < tokens->count && text->count < MIB_NODES_MAX;)
		i = is_definition(tokens, i) ? define(text, tokens, i) : i + 1;
	return 0;
}
