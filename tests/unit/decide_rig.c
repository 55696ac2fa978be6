#include "tests/unit/decide_rig.h"

#include <CUnit/CUnit.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/cardformat.h"
#include "lib/util.h"
#include "tests/unit/access_objects.h"
#include "tests/unit/unit.h"

#define PERSON(name, more) "{'name':'" name "','profiles':[{'profile':1}]" more "}"
#define CARD(person, number) \
	"{'type':'card','format':'h10301','facility':1,'card':" number ",'person':" person "}"
#define POINT(door, more) "{'name':'Point','door':" door more "}"
#define FLOOR(number)	  "{'name':'Floor','module':1,'output':" number ",'reader':7}"

static const char
	world
		[] = "{'settings':{'cards.formats':'h10301,h10302,h10304'},"
		     "'schedule':{'1':[[1800000000,1800003600]]},"
		     "'person':{'1':" PERSON("Ada", "") ",'2':" PERSON(
			     "Grace",
			     ",'override_lockdown':true,"
			     "'extended_time':true") ","
						     "'3':" PERSON(
							     "Vera", ",'escort':'needs_escort'") ","
												 "'"
												 "4"
												 "'"
												 ":" PERSON("Emil", ",'escort':'escort'") "},"
																	  "'credential':{'1':" CARD("1", "1") ",'2':" CARD("2", "2") ",'3':" CARD("3", "3") ","
																											    "'4':" CARD("4", "4") ",'5':{'type':'pin','pin':'1234','person':1},"
																														  "'6':{'type':'pin','pin':'5555','alone':true,'person':1}},"
																														  "'access_profile':{'1':{'name':'All','rules':[{'access_points':[1,2,3,4,5,6,7,8],"
																														  "'floors':[1,2]}]}},"
																														  "'authentication':{'1':{'name':'Both','level':'card_and_pin'},"
																														  "'2':{'name':'Code','level':'pin'},'3':{'name':'Two','level':'two_cards'},"
																														  "'4':{'name':'Either','level':'card_or_pin'}},"
																														  "'area':{'1':{'name':'Hall'},'2':{'name':'Vault','apb':'hard'}},"
																														  "'floor':{'1':" FLOOR("1") ",'2':" FLOOR(
																															  "2") ",'3':" FLOOR("3") "},"
																																		  "'access_point':{'1':" POINT("1", "") ",'2':" POINT("2", ",'authentication':1") ","
																																												  "'3':" POINT(
																																													  "3", ",'authentication':2") ",'4':" POINT("4", ",'authentication':3") ","
																																																						"'5':" POINT(
																																																							"1",
																																																							",'area_from':1,'area_to':2") ",'6':" POINT("1",
																																																												    ",'area_from':2") ","
																																																														      "'7':" POINT("1", "") ",'8':" POINT("1",
																																																																			  ",'authentication':4") "}}";

static json_t *
parse(const char *text)
{
	json_error_t error;
	_cleanup_(freep) char *quoted = xstrdup(text);

	for (char *p = quoted; *p; p++)
		if (*p == '\'')
			*p = '"';
	json_t *parsed = json_loads(quoted, 0, &error);
	if (!parsed)
		printf("# column %d: %s\n", error.column, error.text);
	CU_ASSERT_PTR_NOT_NULL_FATAL(parsed);
	return parsed;
}

/* The last byte is a name's. */
static void
damage(const char *path)
{
	struct stat info;
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	CU_ASSERT_FATAL(fd >= 0 && fstat(fd, &info) == 0);
	CU_ASSERT_EQUAL_FATAL(pwrite(fd, "!", 1, info.st_size - 1), 1);
	(void) close(fd);
}

static void
start(struct decide_rig *rig, const char *patch, bool is_damaged)
{
	_cleanup_(json_decrefp) json_t *objects = parse(world);
	_cleanup_(json_decrefp) json_t *changes = parse(patch ? patch : "{}");
	struct access_build *build = access_build_new();

	*rig = (struct decide_rig){ .dir = unit_dir_new() };
	_cleanup_(freep) char *path = unit_path(rig->dir, "access.bin");
	_cleanup_(freep) char *presence = unit_path(rig->dir, "presence");
	CU_ASSERT_EQUAL_FATAL(json_object_update_recursive(objects, changes), 0);
	CU_ASSERT_EQUAL_FATAL(access_objects_add(build, objects), 0);
	access_build_window(build, RIG_NOW_S, RIG_NOW_S + 400 * RIG_DAY_S);
	CU_ASSERT_EQUAL_FATAL(access_build_write(build, path, 1), 0);
	access_build_free(build);
	if (is_damaged)
		damage(path);
	CU_ASSERT_EQUAL_FATAL(access_map(path, &rig->table), 0);
	CU_ASSERT_EQUAL_FATAL(access_is_degraded(rig->table), is_damaged);
	CU_ASSERT_EQUAL_FATAL(presence_open(presence, 1, &rig->presence), 0);
	rig->live = (struct access_live){
		.table = rig->table,
		.presence = rig->presence,
		.lockouts = &rig->lockouts,
		.is_reader_good = true,
		.now_s = RIG_NOW_S,
	};
}

void
decide_start(struct decide_rig *rig, const char *patch)
{
	start(rig, patch, false);
}

void
decide_start_damaged(struct decide_rig *rig, const char *patch)
{
	start(rig, patch, true);
}

void
decide_stop(struct decide_rig *rig)
{
	access_unmap(rig->table);
	presence_close(rig->presence);
	unit_dir_free(rig->dir);
}

static const char *
run(struct decide_rig *rig, const struct access_request *request)
{
	/* What is left of the last one must not shine through. */
	memset(&rig->decision, 0xff, sizeof(rig->decision));
	access_decide(&rig->live, request, &rig->decision, &rig->trace);
	return rig->decision.verdict == ACCESS_DENIED ? reason_name(rig->decision.reason)
						      : access_verdict_name(rig->decision.verdict);
}

static struct access_shown
show(unsigned number, uint8_t bits[8])
{
	if (!number)
		return (struct access_shown){ 0 };
	int count = cardformat_encode(cardformat_by_name("h10301"), 1, number, bits, 8);
	CU_ASSERT_FATAL(count > 0);
	return (struct access_shown){ .bit_count = (unsigned) count, .data = bits };
}

const char *
decide(struct decide_rig *rig, unsigned point, struct decide_shown shown)
{
	uint8_t card[8];
	uint8_t companion[8];

	return run(rig, &(struct access_request){
				.point = point,
				.card = show(shown.card, card),
				.pin = shown.pin,
				.companion = show(shown.companion, companion),
			});
}

const char *
decide_bits(struct decide_rig *rig, unsigned point, unsigned bit_count, const char *hex)
{
	uint8_t bits[16] = { 0 };

	CU_ASSERT_FATAL(hex_decode(hex, bits, sizeof(bits)) >= 0);
	return run(rig, &(struct access_request){
				.point = point,
				.card = { .bit_count = bit_count, .data = bits },
			});
}

bool
decide_is(struct decide_rig *rig, unsigned point, struct decide_shown shown, const char *outcome)
{
	const char *found = decide(rig, point, shown);

	if (found && !strcmp(found, outcome))
		return true;
	printf("# access point %u, card %u, PIN %s, second %u: %s instead of %s\n", point,
	       shown.card, shown.pin ? shown.pin : "none", shown.companion,
	       found ? found : "nothing", outcome);
	return false;
}

bool
decide_is_with(const char *patch, unsigned point, struct decide_shown shown, const char *outcome)
{
	struct decide_rig rig;

	decide_start(&rig, patch);
	bool is_so = decide_is(&rig, point, shown, outcome);
	decide_stop(&rig);
	return is_so;
}

bool
decide_is_at(struct decide_rig *rig, int64_t now_s, unsigned card, const char *outcome)
{
	rig->live.now_s = now_s;
	return decide_is(rig, 1, (struct decide_shown){ .card = card }, outcome);
}
