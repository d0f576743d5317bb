"""Processes forked warm: they do what fresh ones do, and none is left behind."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest

from analysis.batch.warm import child as warm
from analysis.batch.warm.child import Child, Unavailable

pytestmark = pytest.mark.skipif(not warm.available(), reason="This system does not fork safely.")

#: What a notebook can show, and what surrounds it: one cell each.
CELLS = {
    "nothing": "x = 1",
    "printed": 'import sys\nprint("out")\nprint("bad", file=sys.stderr)\nx + 1',
    "updated": "from IPython.display import *\nh = display('1', display_id=True)\nh.update(2)",
    "table": 'import pandas as pd\npd.DataFrame({"a": [1, 2]})',
    "wide": "pd.DataFrame([range(60)])",
    "figure": "import matplotlib.pyplot as plt\n_ = plt.plot([1, 2])",
    "html": 'display(HTML("<b>x</b>"))',
    "await": 'await __import__("asyncio").sleep(0)\n5',
    "shell": "!echo shell",
    "magic": "%%bash\necho magic",
    "warned": 'import warnings\nwarnings.warn("careful", stacklevel=1)',
    "logged": 'import logging\nlogging.warning("hm")',
    "cleared": 'print("gone")\nclear_output()\nprint("z")',
    "where": "import os\nos.getcwd(), __name__, Out[2], sys.path.count('')",
    "asked": "try:\n    input()\nexcept Exception as e:\n    print(type(e).__name__, e)",
    "allowed": "raise ValueError('expected')",
    "broken": "def f():\n    return 1 / 0\n\n\nf()",
    "never": "print('not reached')",
}


def notebook(folder: Path, cells: dict[str, str]) -> Path:
    made = nbformat.v4.new_notebook()
    made.metadata["kernelspec"] = {"name": "python3", "display_name": "P", "language": "python"}
    made.cells = [nbformat.v4.new_code_cell(source, id=id) for id, source in cells.items()]
    for cell in made.cells:
        if cell.id == "allowed":
            cell.metadata["tags"] = ["raises-exception"]
    file = folder / "notebook.ipynb"
    nbformat.write(made, file)
    return file


#: How the papermill command is told to take each way.
WAYS = {
    "plain": ([], {}),
    "engine": (["--engine", "rapport-warm"], {}),
    "provisioner": ([], {"JUPYTER_DEFAULT_PROVISIONER_NAME": "rapport-warm"}),
}


def executed(source: Path, target: Path, way: str = "engine", **env: str):
    """Cells of a notebook after its execution, by id; what differs each time is left out."""
    options, more = WAYS[way]
    command = [sys.executable, "-m", "papermill", "--no-progress-bar", *options]
    subprocess.run(
        [*command, source, target, "--cwd", source.parent],
        capture_output=True,
        env={**os.environ, **more, **env},
    )
    made = nbformat.read(target, as_version=4)
    cells = {}
    for cell in made.cells:
        if cell.id in CELLS:
            text = re.sub(r"ipykernel_\d+", "ipykernel", json.dumps(merged(cell.outputs)))
            cells[cell.id] = (cell.execution_count, text)
    return cells, made.metadata["language_info"]


def merged(outputs: list[dict]) -> list[dict]:
    """Pieces of one stream joined: a plain kernel cuts them where its clock happens to tick."""
    whole: list[dict] = []
    for output in outputs:
        if whole and "name" in output and whole[-1].get("name") == output["name"]:
            whole[-1]["text"] += output["text"]
        else:
            whole.append(dict(output))
    return whole


@pytest.fixture(scope="module")
def parent():
    with warm.started() as address:
        yield address


@pytest.fixture
def here(parent, monkeypatch):
    """Let everything that is started find the parent."""
    monkeypatch.setenv(warm.ADDRESS, parent)
    return parent


@pytest.mark.parametrize("way", ["engine", "provisioner"])
def test_a_notebook_comes_out_as_a_plain_kernel_makes_it(tmp_path, here, way):
    source = notebook(tmp_path, CELLS)
    plain = executed(source, tmp_path / "plain.ipynb", "plain")
    found = executed(source, tmp_path / "warm.ipynb", way)
    assert list(found[0]) == list(CELLS)
    for name in CELLS:
        assert (name, found[0][name]) == (name, plain[0][name])
    assert found[1] == plain[1]
    assert "ZeroDivisionError" in found[0]["broken"][1]
    assert found[0]["never"] == (None, "[]")


@pytest.mark.parametrize("way", ["engine", "provisioner"])
def test_it_really_is_forked_from_the_parent(tmp_path, here, way):
    source = notebook(tmp_path, {"printed": "import os\nos.getppid()"})
    cells, _ = executed(source, tmp_path / "out.ipynb", way)
    _, outputs = cells["printed"]
    (parent,) = re.findall(r'"text/plain": "(\d+)"', outputs)
    assert b"analysis.batch.warm.parent" in Path(f"/proc/{parent}/cmdline").read_bytes()


def test_anybodys_notebook_runs_by_the_papermill_command(tmp_path):
    code = "import sys\nprint('mine')\n'analysis.models' in sys.modules"
    source, target = notebook(tmp_path, {"printed": code}), tmp_path / "out.ipynb"
    executed(source, target)
    (cell,) = nbformat.read(target, as_version=4).cells
    said, result = cell.outputs
    assert (said["text"], result["data"]["text/plain"]) == ("mine\n", "False")


def test_what_c_code_prints_is_shown_too(tmp_path, here):
    source = notebook(tmp_path, {"printed": "import os\n_ = os.system('echo below')"})
    cells, _ = executed(source, tmp_path / "out.ipynb")
    assert '"text": "below\\n"' in cells["printed"][1]


@pytest.mark.parametrize("way", ["engine", "provisioner"])
def test_where_nothing_may_fork_a_kernel_does_the_same(tmp_path, way):
    source = notebook(tmp_path, {name: CELLS[name] for name in ("nothing", "printed")})
    plain = executed(source, tmp_path / "plain.ipynb", "plain")
    nobody = {warm.ADDRESS: str(tmp_path / "nobody")}
    assert executed(source, tmp_path / "found.ipynb", way, **nobody) == plain


def test_a_system_that_does_not_fork_safely_says_so(monkeypatch):
    monkeypatch.setattr(warm, "available", lambda: False)
    with pytest.raises(Unavailable, match="does not fork safely"), warm.started():
        pass


def test_each_notebook_starts_from_nothing(tmp_path, here):
    first = notebook(tmp_path, {"nothing": "import builtins\nbuiltins.leak = leak = 1"})
    executed(first, tmp_path / "first.ipynb")
    code = "import builtins\nhasattr(builtins, 'leak'), 'leak' in globals()"
    second = notebook(tmp_path, {"printed": code})
    cells, _ = executed(second, tmp_path / "second.ipynb")
    assert "(False, False)" in cells["printed"][1]


def test_children_draw_different_numbers(parent, tmp_path):
    code = "import random, sys; sys.stdout.write(str(random.random()))"
    drawn = set()
    for k in range(3):
        with (tmp_path / str(k)).open("w") as file:
            made = Child("builtins:exec", code, files=(None, file.fileno(), None), address=parent)
            assert made.wait(10) == 0
        drawn.add((tmp_path / str(k)).read_text())
    assert len(drawn) == 3


def test_a_child_is_used_like_a_popen(parent):
    assert Child("sys:exit", 7, address=parent).wait(10) == 7
    assert Child("sys:exit", address=parent).wait(10) == 0
    assert Child("builtins:exec", "1 / 0", address=parent).wait(10) == 1
    sleeper = Child("time:sleep", 60, address=parent)
    assert sleeper.poll() is None
    with pytest.raises(subprocess.TimeoutExpired):
        sleeper.wait(0.05)
    sleeper.terminate()
    assert sleeper.wait(10) == sleeper.poll() == -signal.SIGTERM
    assert sleeper.memory > 1000


def test_a_parent_with_two_threads_refuses_to_fork(tmp_path):
    code = "import threading, time\nthreading.Thread(target=time.sleep, args=(60,), daemon=True)"
    (tmp_path / "second_thread.py").write_text(f"{code}.start()\n")
    with (
        warm.started(["second_thread"], {"PYTHONPATH": str(tmp_path)}) as address,
        pytest.raises(Unavailable, match="has 2 threads, so it may not fork"),
    ):
        Child("time:sleep", 0, address=address)


#: A child of a parent makes one of itself, with something read, and asks it for a child.
AGAIN = """
import builtins, os, sys
from analysis.batch.warm import child
builtins.read = "read once"
with child.forked() as address:
    made = child.Child("builtins:exec", {code!r}, files=(None, 1, None), address=address)
    {then}
print(made.wait(10), os.path.exists(address))
"""


@pytest.mark.parametrize(
    ("code", "then", "said"),
    [
        ("print(read, os.getpid() != 0)", "made.wait(10)", "read once True\n0 False\n"),
        ("__import__('time').sleep(60)", "pass", "-9 False\n"),  # ends with the context
    ],
)
def test_a_child_may_be_a_parent_of_what_it_has_read(parent, tmp_path, code, then, said):
    code = f"import os\n{code}"
    env = {**os.environ, warm.ADDRESS: parent}
    with (tmp_path / "said").open("w") as file:
        files = (None, file.fileno(), None)
        asked = AGAIN.format(code=code, then=then)
        child = Child("builtins:exec", asked, files=files, address=parent, env=env)
        assert child.wait(20) == 0
    assert (tmp_path / "said").read_text() == said


def test_what_a_killed_child_was_parent_of_ends_with_it(parent, tmp_path):
    code = AGAIN.format(
        code="import os, time\nprint(os.getpid(), os.getppid(), flush=True)\ntime.sleep(60)",
        then="__import__('time').sleep(60)",
    )
    env = {**os.environ, warm.ADDRESS: parent}
    ours, theirs = os.pipe()
    with os.fdopen(ours) as said:
        child = Child("builtins:exec", code, files=(None, theirs, None), address=parent, env=env)
        os.close(theirs)
        pids = [int(pid) for pid in said.readline().split()]
    child.kill()
    assert gone(child.pid, *pids)


def test_a_process_without_a_warm_parent_makes_none_of_itself(monkeypatch):
    monkeypatch.delenv(warm.ADDRESS, raising=False)
    with pytest.raises(Unavailable), warm.forked():
        pass


def test_a_parent_that_breaks_while_it_warms_up_says_what_broke():
    with (
        pytest.raises(Unavailable, match=r"did not start \(ModuleNotFoundError\)"),
        warm.started(["no_such_module"]),
    ):
        pass


def running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def gone(*pids: int, within: float = 10.0) -> bool:
    end = time.monotonic() + within
    while time.monotonic() < end:
        if not any(running(pid) for pid in pids):
            return True
        time.sleep(0.02)
    return False


def test_a_child_ends_with_whoever_asked_for_it(parent):
    asked = Child("time:sleep", 60, address=parent)
    asked._line.close()
    asked._replies.close()
    assert gone(asked.pid)


def test_what_a_child_started_ends_with_it(parent, tmp_path):
    told = tmp_path / "pid"
    code = (
        "import os\n"
        "made = os.spawnlp(os.P_NOWAIT, 'sleep', 'sleep', '60')\n"
        f"open({str(told)!r}, 'w').write(str(made))"
    )
    assert Child("builtins:exec", code, address=parent).wait(10) == 0
    assert gone(int(told.read_text()))


@pytest.mark.parametrize("who", ["driver", "parent"])
def test_a_kill_leaves_no_process_and_no_folder_behind(tmp_path, who):
    code = (
        "import sys, time\n"
        "from analysis.batch.warm import child\n"
        "with child.started() as address:\n"
        "    made = child.Child('time:sleep', 60, address=address)\n"
        "    print(address, made.pid, flush=True)\n"
        "    time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True
    ) as driver:
        address, pid = driver.stdout.readline().split()
        parent = int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
        os.kill(driver.pid if who == "driver" else parent, signal.SIGKILL)
        assert gone(int(pid), parent if who == "driver" else int(pid))
        driver.kill()
    if who == "driver":
        assert not Path(address).parent.exists()


def test_the_engine_may_be_imported_before_papermill():
    code = (
        "import analysis.batch.warm.engine, papermill.engines as e; e.papermill_engines.get_engine"
    )
    done = subprocess.run([sys.executable, "-c", f"{code}('rapport-warm')"], capture_output=True)
    assert done.returncode == 0, done.stderr.decode()[-400:]
