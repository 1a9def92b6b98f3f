# The enclave image and its tests; included by the Makefile. What the scripts fetch or build for themselves is
# kept in ${XDG_CACHE_HOME:-~/.cache}/sequencer, outside the tree.
#
#   make eif KERNEL=bzImage NSM_KO=nsm.ko   with another kernel than Debian's, for example AWS's
#   make eif ENCLAVE_CONFIG=file.json       with another measured configuration than setup/enclave.json

export KERNEL NSM_KO ENCLAVE_CONFIG EIF

.PHONY: eif test-eif nitro-release qemu-nitro test-nitro test-vsock

eif: ## build the enclave image artifacts/sequencer.eif and print its measurements
	@setup/nitro/build-eif.sh

test-eif: ## build the image in two clean clones and compare the bytes
	@setup/nitro/test-reproducible.sh

nitro-release: ## pack gateway, image and systemd units for an instance (docs/nitro.md)
	@setup/nitro/release.sh

qemu-nitro: ## build QEMU's nitro-enclave machine into the cache (three minutes, once)
	@setup/nitro/build-qemu.sh

test-nitro: ## boot the image in an emulated Nitro enclave and put it through its protocol
	@setup/nitro/test-nitro.sh

test-vsock: ## test the vsock transport alone, inside a guest of Debian's own QEMU
	@setup/nitro/test-vsock.sh
