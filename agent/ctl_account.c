/* cardeactl account: who may use the console. */
#include <stdio.h>
#include <string.h>

#include "agent/ctl.h"
#include "lib/util.h"

static int
send_account(struct ctl *ctl, const char *method, const char *account, const char *role)
{
	_cleanup_(json_decrefp) json_t *result = NULL;
	char password[256];

	if (ctl_read_password("Password", password, sizeof(password)) < 0)
		return 1;
	json_t *params =
		json_pack("{ss,ss,ss*}", "account", account, "password", password, "role", role);
	explicit_bzero(password, sizeof(password));
	if (ctl_call(ctl, method, params, &result))
		return 1;
	return ctl->is_json ? ctl_print_json(result) : 0;
}

int
ctl_account(struct ctl *ctl)
{
	_cleanup_(json_decrefp) json_t *result = NULL;
	const char *what = ctl->argc ? ctl->argv[0] : "list";

	if (!strcmp(what, "list") && ctl->argc <= 1) {
		if (ctl_call(ctl, "account.list", NULL, &result))
			return 1;
		return ctl_print_objects(ctl, json_object_get(result, "accounts"));
	}
	if (!strcmp(what, "add") && ctl->argc == 3)
		return send_account(ctl, "account.create", ctl->argv[1], ctl->argv[2]);
	if (!strcmp(what, "password") && ctl->argc == 2)
		return send_account(ctl, "account.password", ctl->argv[1], NULL);
	if (!strcmp(what, "remove") && ctl->argc == 2) {
		if (ctl_call(ctl, "account.remove", json_pack("{ss}", "account", ctl->argv[1]),
			     &result))
			return 1;
		return ctl->is_json ? ctl_print_json(result) : 0;
	}
	(void) fprintf(stderr, "cardeactl: account list, add NAME viewer|operator|administrator, "
			       "password NAME or remove NAME\n");
	return 2;
}
