#include "lib/nic.h"
#include "lib/util.h"
#include "tests/unit/tap.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define HEAD "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\n"

static void
test_the_default_route_names_the_interface(void)
{
	char name[NIC_NAME_SIZE];

	CU_ASSERT_EQUAL(nic_default(HEAD "eth1\t0010A8C0\t00000000\t0001\n"
					 "eth0\t00000000\t0110A8C0\t0003\n",
				    name),
			0);
	CU_ASSERT_STRING_EQUAL(name, "eth0");
	CU_ASSERT_EQUAL(nic_default(HEAD "eth1\t0010A8C0\t00000000\t0001\n", name), -ENOENT);
	CU_ASSERT_EQUAL(nic_default("", name), -ENOENT);
}

/* A name goes into a path. */
static void
test_what_is_no_name_is_none(void)
{
	static const char *const texts[] = {
		"../../x 00000000", "/etc 00000000",
		"\n\n\n",	    "eth0",
		" \t 00000000",	    "a-name-that-is-too-long 00000000",
		"eth0 0000000",	    "eth0 000000001",
	};
	char name[NIC_NAME_SIZE];

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		CU_ASSERT_EQUAL(nic_default(texts[i], name), -ENOENT);
}

static void
put(const char *root, const char *path, const char *text)
{
	_cleanup_(freep) char *full = xasprintf("%s/%s", root, path);

	for (char *slash = strchr(full + strlen(root) + 1, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		*slash = 0;
		(void) mkdir(full, 0700);
		*slash = '/';
	}
	CU_ASSERT_EQUAL(write_file_atomic(full, text, strlen(text), 0600), 0);
}

static void
test_link_speed_and_traffic_are_those_of_its_files(void)
{
	char *root = unit_dir_new();
	struct nic nic;

	CU_ASSERT_EQUAL(nic_read(root, &nic), -ENOENT);
	put(root, "sys/class/net/lo/carrier", "1\n");
	CU_ASSERT_EQUAL(nic_read(root, &nic), -ENOENT);
	put(root, "sys/class/net/eth1/carrier", "0\n");
	CU_ASSERT_EQUAL(nic_read(root, &nic), 0);
	CU_ASSERT_FALSE(nic.has_link);
	put(root, "proc/net/route", HEAD "eth2\t00000000\t0110A8C0\t0003\n");
	put(root, "sys/class/net/eth2/carrier", "1\n");
	put(root, "sys/class/net/eth2/speed", "10\n");
	put(root, "sys/class/net/eth2/statistics/rx_packets", "40\n");
	put(root, "sys/class/net/eth2/statistics/tx_packets", "2\n");
	CU_ASSERT_EQUAL(nic_read(root, &nic), 0);
	CU_ASSERT_TRUE(nic.has_link);
	CU_ASSERT_EQUAL(nic.mbit, 10);
	CU_ASSERT_EQUAL(nic.packets, 42);
	/* An interface that does not say is not guessed. */
	put(root, "sys/class/net/eth2/speed", "-1\n");
	CU_ASSERT_EQUAL(nic_read(root, &nic), 0);
	CU_ASSERT_EQUAL(nic.mbit, 0);
	unit_dir_free(root);
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_the_default_route_names_the_interface),
		TAP(test_what_is_no_name_is_none),
		TAP(test_link_speed_and_traffic_are_those_of_its_files),
	};
	return tap_main(tests, ARRAY_LEN(tests));
}
