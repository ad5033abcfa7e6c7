# Everything here works on a fresh Debian 12 with a Swift 6 toolchain: what is missing is installed.

PACKAGES = libdnnl-dev zlib1g-dev
BUILD = swift build -c release
TEST = swift test -c release -Xswiftc -enable-testing

.PHONY: demo test lint install build

demo: build
	@sh corpora/demo.sh

test: install lint
	$(TEST)

build: install
	$(BUILD) --product apus

lint:
	swift format lint --strict --recursive Package.swift Sources Tests corpora

# Installs only what dpkg does not know, so that a second run needs neither network nor root.
install:
	@missing=$$(for p in $(PACKAGES); do dpkg -s $$p >/dev/null 2>&1 || echo $$p; done); \
	if [ -n "$$missing" ]; then \
	  sudo=$$([ "$$(id -u)" = 0 ] || echo sudo); \
	  $$sudo apt-get update && $$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y $$missing; \
	fi
