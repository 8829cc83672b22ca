"""Speaks ahead of time what will be said often, so that calls begin with everything ready."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed

from voice.synthesis.cache import Cache
from voice.synthesis.protocol import SynthesisError
from voice.synthesis.voice import Voice

PROCESSES = 2


def prepare(
    synth: Voice,
    clauses: Sequence[str],
    progress: Callable[[int, int], None] = lambda done, total: None,
    pace: float = 1.0,
    processes: int = PROCESSES,
) -> list[tuple[str, str]]:
    """Make what is not kept yet; interrupted, the next run goes on with the rest.

    progress: told how many clauses of how many are there.
    Returns the clauses that could not be said, each with the reason.
    """
    wanted = list(dict.fromkeys(clauses))
    missing = [clause for clause in wanted if not synth.has(clause, pace)]
    done = len(wanted) - len(missing)
    progress(done, len(wanted))
    if not missing:
        return []
    first = synth.engines[0]
    extra = [synth.workers[0].twin() for _ in range(1, min(processes, len(missing)))]
    engines = [
        first,
        *(Cache(worker, first.folder, pronunciation=first.pronunciation) for worker in extra),
    ]
    failed = []
    queue = iter(missing)
    try:
        with ThreadPoolExecutor(len(engines)) as pool:
            running = {
                pool.submit(engine.speak, text, pace): (engine, text)
                for engine, text in zip(engines, queue, strict=False)
            }
            while running:
                future = next(as_completed(running))
                engine, text = running.pop(future)
                try:
                    future.result()
                except SynthesisError as error:
                    failed.append((text, str(error)))
                done += 1
                progress(done, len(wanted))
                following = next(queue, None)
                if following is not None:
                    running[pool.submit(engine.speak, following, pace)] = engine, following
    finally:
        for worker in extra:
            worker.close()
    return failed
