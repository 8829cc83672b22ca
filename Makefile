# 邻声 Linsheng. `make demo` to try it, `make test` and `make check` to change it.
# Every target makes what it needs; nothing has to be installed by hand but Python 3.11+ with venv.

PYTHON ?= python3
BIN := .venv/bin
# Calls keep the clock's time: they are not tested beside what needs the whole processor, they wait
# more than they compute, and one that a busy machine starved is made once more, with its traceback.
REAL_TIME := tests/phone
.DEFAULT_GOAL := help

.PHONY: help setup demo test bench bench-understanding bench-hearing bench-voice bench-context bench-espeak bench-scale bench-calls bench-patience check format lock clean

help: ## show the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 27

.venv/ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "邻声需要 Python 3.11 或更新的版本（现在的 $(PYTHON) 太旧）。可用 PYTHON=python3.12 make …"; exit 1; }
	@echo "== 建立虚拟环境 .venv，安装依赖（首次约一分钟）"
	@$(PYTHON) -m venv .venv || { echo "建不了虚拟环境：Debian 上请先装 python3-venv。"; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@

setup: .venv/ready ## virtual environment, dependencies, speech models, prompts rendered ahead
	@$(BIN)/linsheng models fetch
	@$(BIN)/linsheng voice prepare --first

demo: setup ## start everything here and let a report happen for real (DEMO_ONCE=1: check and stop)
	@$(BIN)/python -m tests.demo

test: setup ## every test; starts PostgreSQL, Chromium, SIPp and Asterisk where Debian has them
	@tests/system-packages
	@$(BIN)/python -m tests.support.asterisk.install
	@$(BIN)/python -m pytest --numprocesses 2 --dist loadfile $(REAL_TIME:%=--ignore %)
	@$(BIN)/python -m pytest --numprocesses 4 --dist loadfile --reruns 1 --rerun-show-tracebacks $(REAL_TIME)

bench-hearing: .venv/ready ## how well residents are heard by line and noise (QUICK=1; FOLDER=recordings)
	@$(BIN)/linsheng models fetch
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade \
		--target .linsheng/cache/faster-whisper 'faster-whisper==1.2.1' || true
	@$(BIN)/python -m tests.bench.hearing $(if $(QUICK),--quick) $(if $(FOLDER),--folder '$(FOLDER)')

bench: bench-understanding bench-espeak bench-scale ## every benchmark: tables of figures
	@$(MAKE) bench-voice QUICK=1
	@$(MAKE) bench-hearing QUICK=1
	@$(MAKE) bench-calls QUICK=1

bench-understanding: .venv/ready ## how well categories, places, answers and emergencies are understood
	@$(BIN)/python -m tests.bench.understanding

bench-voice: .venv/ready ## how well the voice is understood over a telephone (QUICK=1: in a quarter of an hour)
	@$(BIN)/linsheng models fetch
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade \
		--target .linsheng/cache/faster-whisper 'faster-whisper==1.2.1' || true
	@$(BIN)/python -m tests.bench.voice $(if $(QUICK),--quick)
	@$(BIN)/python -m tests.bench.voice.speed

bench-context: .venv/ready ## what it brings to listen a second time, knowing what was asked
	@$(BIN)/linsheng models fetch
	@$(BIN)/python -m tests.bench.context

bench-scale: setup ## turns a second on several processes, one of them killed; look-ups among a million tickets
	@tests/system-packages
	@$(BIN)/python -m tests.bench.turns
	@$(BIN)/python -m tests.bench.growth

bench-calls: setup ## calls at once with real speech: tickets, delays, late packets, load (QUICK=1: 1 and 5 calls)
	@$(BIN)/python -m tests.bench.calls $(if $(QUICK),--quick)

bench-patience: setup ## false cut-ins against the delay of the reply, on rendered speech with pauses (QUICK=1: a third of it)
	@$(BIN)/python -m tests.bench.patience $(if $(QUICK),--quick)

bench-espeak: .venv/ready ## 3,000 syntheses by espeak from several threads: none empty, none hangs
	@$(BIN)/python -m tests.bench.espeak

check: .venv/ready ## lint, format and strict types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

format: .venv/ready ## put the code into its form
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

lock: .venv/ready ## write requirements.lock anew from pyproject.toml
	@$(BIN)/python -m pip install --quiet --upgrade -e '.[dev]'
	@$(BIN)/python -m pip freeze --exclude-editable --local > requirements.lock

clean: ## remove what setup made (models too)
	rm -rf .venv .linsheng build *.egg-info
