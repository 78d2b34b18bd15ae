# What a contributor runs. The scripts stand in deploy/dev/.
KERNEL := target/kernel/linux.git
PACKAGES := target/kernel/packages
# Runs the tests whose name has a word in it, and fails where there is none: no test is no proof.
tests_named = cargo test --profile quick --quiet -- --list $(1) | grep -q ': test$$' || \
	{ echo 'no test is named $(1)' >&2; exit 1; }; cargo test --profile quick $(1)

.PHONY: demo test kernel test-kernel test-targets bench bench-deliveries

# A report on a small made-up kernel history, and the service with it.
demo:
	deploy/dev/setup.sh
	cargo build --release
	deploy/dev/demo.sh target/release/uapi-check

# Everything that needs no kernel.
test:
	deploy/dev/setup.sh test
	cargo fmt --check
	cargo clippy --all-targets -- -D warnings
	cargo test
	UAPI_CHECK_TEST_DATABASE=postgres cargo test --test suite -- pulls:: web:: service:: --skip service::kill

# A repository of two real kernels, from the distribution's packages (about 300 MB to download).
kernel:
	deploy/dev/setup.sh kernel
	deploy/dev/kernel.sh target/kernel

# The tests on real kernels and on the headers that packages install. They hold layouts and values of the
# most used targets against gcc, too.
test-kernel: kernel
	deploy/dev/packages.sh $(PACKAGES)
	export UAPI_CHECK_KERNEL="$(CURDIR)/$(KERNEL)" UAPI_CHECK_PACKAGES="$(CURDIR)/$(PACKAGES)"; \
		$(call tests_named,kernel_)

# The tests that hold the layouts and values of all other targets against gcc, each with its own.
test-targets: kernel
	deploy/dev/setup.sh targets
	export UAPI_CHECK_GCC=1 UAPI_CHECK_KERNEL="$(CURDIR)/$(KERNEL)"; $(call tests_named,target)

# How long webhook deliveries wait, and whether any is lost.
bench-deliveries:
	deploy/dev/setup.sh
	cargo bench --bench deliveries

# How long it takes on real kernels.
bench: kernel
	cargo build --release
	deploy/dev/bench.sh target/release/uapi-check $(KERNEL)
	UAPI_CHECK_KERNEL="$(CURDIR)/$(KERNEL)" cargo bench --bench stages
