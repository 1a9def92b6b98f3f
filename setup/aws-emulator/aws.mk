# The AWS emulator and the live tests of iac; included by the Makefile.

.PHONY: aws-emulator
aws-emulator: ## install (once) and start moto, the AWS emulator, on 127.0.0.1
	@setup/aws-emulator/moto.sh install
	@endpoint="$$(setup/aws-emulator/moto.sh start)" && umask 077 && mkdir -p secrets && \
	printf '%s\n' "Access key ID,Secret access key" \
	  "AKIAEMULATOREXAMPLE0,thisKeyIsForTheEmulatorAlone000000000000" >secrets/emulator.csv && \
	printf '%s\n' "moto answers at $$endpoint. Point iac at it, with a key that is none, by:" \
	  "  export SEQUENCER_IAC_ENDPOINT_URL=$$endpoint SEQUENCER_IAC_CRED_FILE=emulator.csv \\" \
	  "    SEQUENCER_IAC_INSTANCE_KIND=standard SEQUENCER_IAC_SSH_CIDR=203.0.113.7"

.PHONY: aws-emulator-stop
aws-emulator-stop: ## stop the emulator that aws-emulator started
	@setup/aws-emulator/moto.sh stop

# What the live tests run against. They start an emulator of their own and stop it again; SEQUENCER_IAC_LIVE=aws
# takes real AWS instead. Where the emulator cannot be installed (no root, no Debian mirror) they skip themselves.
.PHONY: aws-emulator-ready
aws-emulator-ready:
	@if [ "$${SEQUENCER_IAC_LIVE:-}" = aws ]; then \
	  printf '%s\n' "WARNING: the live tests make instances, volumes and keys in the AWS account of setup/config.toml." \
	    "They cost money (cents) and are removed again, also where a test fails; check the console afterwards."; \
	else \
	  setup/aws-emulator/moto.sh install || echo "The live tests of iac will be skipped."; \
	fi

test-live: aws-emulator-ready

.PHONY: test-live-iac
test-live-iac: aws-emulator-ready ## run iac as a process against the AWS emulator, or real AWS if asked for
	@dotnet test tests/Iac.LiveTests -c $(CONFIGURATION) --logger "console;verbosity=normal"
