// SPDX-License-Identifier: GPL-2.0
/*
 * What a device tree would say about the emulated board: lights on lines of the simulated GPIO
 * chip, and the 3.3 V that the converters measure against. GPL, unlike the rest of the tree,
 * because it is a part of the Linux kernel that it is loaded into; it is used by tests only and in
 * no package.
 */
#include <linux/gpio/machine.h>
#include <linux/leds.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/regulator/driver.h>
#include <linux/regulator/machine.h>

#define LEDS_MAX 16

static char *chip = "lights";
module_param(chip, charp, 0444);
MODULE_PARM_DESC(chip, "label of the chip whose first lines are the lights");
static char *leds[LEDS_MAX];
static int led_count;
module_param_array(leds, charp, &led_count, 0444);
MODULE_PARM_DESC(leds, "names of the lights, in the order of the lines");
static char *reference = "0-0020";
module_param(reference, charp, 0444);
MODULE_PARM_DESC(reference, "the I2C device whose vcc is 3.3 V");

static struct {
	struct gpiod_lookup_table head;
	struct gpiod_lookup rows[LEDS_MAX + 1];
} lines = { .head.dev_id = "leds-gpio.0" };
static struct gpio_led lights[LEDS_MAX];
static struct platform_device *leds_device, *reference_device;

static int
reference_voltage(struct regulator_dev *regulator)
{
	return 3300000;
}

static const struct regulator_ops reference_ops = { .get_voltage = reference_voltage };
static const struct regulator_desc reference_about = {
	.name = "reference",
	.type = REGULATOR_VOLTAGE,
	.owner = THIS_MODULE,
	.ops = &reference_ops,
};
static struct regulator_consumer_supply reference_user = { .supply = "vcc" };
static struct regulator_init_data reference_init = {
	.constraints = { .name = "reference", .always_on = 1 },
	.consumer_supplies = &reference_user,
	.num_consumer_supplies = 1,
};
static struct regulator_dev *regulator;

static int
add_reference(void)
{
	struct regulator_config config = { .init_data = &reference_init };

	reference_user.dev_name = reference;
	reference_device = platform_device_register_simple("reference", -1, NULL, 0);
	if (IS_ERR(reference_device))
		return PTR_ERR(reference_device);
	config.dev = &reference_device->dev;
	regulator = regulator_register(&reference_device->dev, &reference_about, &config);
	if (!IS_ERR(regulator))
		return 0;
	platform_device_unregister(reference_device);
	return PTR_ERR(regulator);
}

static void
remove_reference(void)
{
	regulator_unregister(regulator);
	platform_device_unregister(reference_device);
}

static int __init
board_init(void)
{
	struct gpio_led_platform_data about = { .leds = lights, .num_leds = led_count };
	int i, r = add_reference();

	if (r < 0)
		return r;
	for (i = 0; i < led_count; i++) {
		lights[i].name = leds[i];
		lines.rows[i] = GPIO_LOOKUP_IDX(chip, i, NULL, i, GPIO_ACTIVE_HIGH);
	}
	gpiod_add_lookup_table(&lines.head);
	leds_device = platform_device_register_data(NULL, "leds-gpio", 0, &about, sizeof(about));
	if (!IS_ERR(leds_device))
		return 0;
	gpiod_remove_lookup_table(&lines.head);
	remove_reference();
	return PTR_ERR(leds_device);
}

static void __exit
board_exit(void)
{
	platform_device_unregister(leds_device);
	gpiod_remove_lookup_table(&lines.head);
	remove_reference();
}

module_init(board_init);
module_exit(board_exit);
MODULE_DESCRIPTION("What a device tree would say about the emulated board");
MODULE_LICENSE("GPL");
