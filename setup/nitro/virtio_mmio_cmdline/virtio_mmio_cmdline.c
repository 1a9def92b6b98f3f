// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Registers the virtio-mmio devices that a hypervisor names on the kernel's command line, for a kernel that was
 * built without CONFIG_VIRTIO_MMIO_CMDLINE_DEVICES, as Debian's is. Load it before virtio_mmio, whose driver
 * then binds to them:
 *
 *	insmod virtio_mmio_cmdline.ko device=<size>@<address>:<irq> [device=...]
 *
 * with the words that follow "virtio_mmio." on the command line, for example device=512@0xfeb00e00:12 or
 * device=4K@0xd0000000:5. A malformed word stops the load. There is no way back: the devices stay until the
 * machine ends, so the module has no exit.
 */
#include <linux/ioport.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/platform_device.h>

static int register_device(const char *text, const struct kernel_param *parameter)
{
	static int next_id;
	struct platform_device *device;
	unsigned long long address, size;
	unsigned int irq;
	char *rest;
	int parsed = 0;

	size = memparse(text, &rest);
	if (size == 0 || sscanf(rest, "@%lli:%u%n", &address, &irq, &parsed) < 2 || rest[parsed] != '\0') {
		pr_err("virtio_mmio_cmdline: '%s' is not <size>@<address>:<irq>\n", text);
		return -EINVAL;
	}

	struct resource resources[] = {
		DEFINE_RES_MEM(address, size),
		DEFINE_RES_IRQ(irq),
	};

	device = platform_device_register_resndata(NULL, "virtio-mmio", next_id++, resources,
						   ARRAY_SIZE(resources), NULL, 0);
	return PTR_ERR_OR_ZERO(device);
}

static const struct kernel_param_ops device_ops = { .set = register_device };
module_param_cb(device, &device_ops, NULL, 0);
MODULE_PARM_DESC(device, "<size>@<address>:<irq> of one virtio-mmio device; may be given many times");

static int __init virtio_mmio_cmdline_init(void)
{
	return 0;
}
module_init(virtio_mmio_cmdline_init);

MODULE_DESCRIPTION("virtio-mmio devices from the kernel's command line");
MODULE_LICENSE("Dual MIT/GPL");
