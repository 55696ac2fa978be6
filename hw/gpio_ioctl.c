#include <errno.h>
#include <sys/ioctl.h>

#include "hw/gpio.h"

int
gpio_ioctl(int fd, unsigned long request, void *argument)
{
	return ioctl(fd, request, argument) < 0 ? -errno : 0;
}
