"""Several things at once, for the reference client: a thread for each, and each is a participant of the clock."""

import threading


def together(clock, tasks):
    """What each of `tasks`, called with a clock of its own, has returned or raised, in their order. The
    caller's clock stands back until the last of them is done."""
    clocks = [clock.companion(f"{number}") for number in range(len(tasks))]
    made, left, lock = [None] * len(tasks), [len(tasks)], threading.Lock()

    def work(number):
        try:
            made[number] = tasks[number](clocks[number])
        except Exception as error:
            made[number] = error
        with lock:
            left[0] -= 1
            if not left[0]:
                clock.join()  # before the last one leaves, so that time does not run on
            clocks[number].leave()

    threads = [threading.Thread(target=work, args=(number,), daemon=True) for number in range(len(tasks))]
    clock.leave()
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return made
