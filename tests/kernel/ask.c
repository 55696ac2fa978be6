/*
 * Calls one method of a socket and prints what it answers, for tests in a machine without Python:
 *
 *     ask SOCKET CLIENT METHOD [PARAMETERS]
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/client.h"
#include "lib/json.h"

#define ANSWER_MS 20000

int
main(int argc, char **argv)
{
	struct client *client;
	json_t *result = NULL;

	if (argc < 4) {
		(void) fprintf(stderr, "ask SOCKET CLIENT METHOD [PARAMETERS]\n");
		return 2;
	}
	int r = client_open(argv[1], argv[2], &client);
	if (r < 0) {
		(void) fprintf(stderr, "'%s': %s\n", argv[1], strerror(-r));
		return 1;
	}
	json_t *params = argc > 4 ? json_loads(argv[4], 0, NULL) : NULL;
	r = client_call(client, argv[3], params, ANSWER_MS, &result);
	if (r < 0)
		(void) fprintf(stderr, "%s: %s\n",
			       r == -EREMOTE ? json_string_or(result, "code", "?") : strerror(-r),
			       json_string_or(result, "message", ""));
	else
		(void) json_dumpf(result, stdout, JSON_COMPACT | JSON_ENCODE_ANY);
	json_decref(result);
	client_close(client);
	return r < 0;
}
