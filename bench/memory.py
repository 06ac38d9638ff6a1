"""Peak memory of one side of a work: of a process of its own, above what the data take.

    python memory.py AREA WORK SIDE     prints bytes

Linux forgets the peak of a process when 5 is written to its clear_refs; what is read afterwards is
that of the work alone, libraries and data being there already.
"""
import ctypes
import gc
import importlib
import pathlib
import re
import subprocess
import sys
import warnings


def peak(area, work, side):
    """Bytes, or None where it cannot be told."""
    command = [sys.executable, __file__, area, work, side]
    done = subprocess.run(command, capture_output=True, text=True)
    return float(done.stdout) if done.returncode == 0 and done.stdout.strip() else None


def _status(field):
    text = pathlib.Path("/proc/self/status").read_text()
    return 1024 * int(re.search(rf"{field}:\s+(\d+)", text)[1])


def main():
    area, name, side = sys.argv[1:]
    warnings.simplefilter("ignore")
    work = next(w for w in importlib.import_module(f"areas.{area}").WORKS if w.name == name)
    small = work.data(max(2, min(work.n // 100, 500)))
    try:  # first calls import modules and start threads
        {"hone": work.ours, **work.peers}[side](small)()
    except Exception:
        pass
    run = {"hone": work.ours, **work.peers}[side](work.data(work.n))
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    pathlib.Path("/proc/self/clear_refs").write_text("5")
    before = _status("VmRSS")
    result = run()
    print(_status("VmHWM") - before)
    del result


if __name__ == "__main__":
    main()
