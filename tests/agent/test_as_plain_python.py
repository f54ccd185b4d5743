"""A target cannot tell, and nobody who watches it can tell, that it does not run under plain Python.

Each case is run twice, without the agent and with it while snapshots are asked for, and must print and end the same.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from agent_runs import Agent

SNAPSHOTS_HZ = 100.0

SCRIPTS: dict[str, str | bytes] = {
    "what it finds": """
        import os, sys
        print(sorted(globals()), __name__, __file__, __doc__, __package__, __spec__, __builtins__)
        print(type(__loader__), __loader__.name, __loader__.path, globals().get("__annotations__"))
        print(sys.argv, sys.orig_argv, sys.path, os.getcwd(), sys.flags)
        print(sys.modules["__main__"].__dict__ is globals(), sys.excepthook is sys.__excepthook__)
    """,
    "a docstring and annotations": '"""A script."""\nx: int = 1\nprint(__doc__, globals().get("__annotations__"))',
    "exits with 3": "import sys\nprint('before')\nsys.exit(3)",
    "replaces what others need": """
        import builtins, json, os, sys, time
        def bad(*words, **named):
            raise RuntimeError("replaced")
        time.time = time.monotonic = os.write = os.open = os.getpid = os.path.join = json.dumps = bad
        builtins.open = builtins.sorted = builtins.getattr = builtins.len = builtins.isinstance = bad
        sys.modules.clear()
        raise SystemExit(8)
    """,
    "exits with a message": "import sys\nsys.exit('that is all')",
    "exits with True": "raise SystemExit(True)",
    "exits in a function, with cleaning up": """
        import sys
        def f():
            try:
                sys.exit(4)
            finally:
                print("cleaned up")
        f()
    """,
    "raises": """
        def f(n):
            if n == 0:
                raise ValueError("no\\nmore ☃")
            f(n - 1)
        f(3)
    """,
    "raises from another": """
        try:
            {}["key"]
        except KeyError as error:
            raise RuntimeError("because") from error
    """,
    "raises while handling": "try:\n    1 / 0\nexcept ZeroDivisionError:\n    int('x')",
    "raises what cannot be shown": """
        class Shy(Exception):
            def __str__(self):
                raise RuntimeError("no")
        raise Shy
    """,
    "raises with a class of its own": "class Own(Exception): pass\nraise Own(1, 2)",
    "raises a group": """
        try:
            group = ExceptionGroup("several", [ValueError(1), TypeError(2)])
        except NameError:
            group = ValueError("no groups in this version")
        raise group
    """,
    "interrupts itself": "print('before', flush=True)\nraise KeyboardInterrupt",
    "is interrupted": """
        import os, signal, time
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(5)
    """,
    "has a hook of its own": """
        import sys, traceback
        def hook(kind, value, trace):
            print("hook", kind, value, [frame.name for frame in traceback.extract_tb(trace)])
            print(sys.last_value is value, sys.last_traceback is trace, value.__traceback__ is trace)
            print(sys.excepthook is hook)
        sys.excepthook = hook
        def f():
            raise ValueError("x")
        f()
    """,
    "has a hook that fails": """
        import sys
        def hook(*error):
            raise TypeError("in the hook")
        sys.excepthook = hook
        raise ValueError("x")
    """,
    "has a hook that exits": """
        import sys
        sys.excepthook = lambda *error: sys.exit(9)
        raise ValueError("x")
    """,
    "syntax error": "x = 1\ndef f(:\n    pass\n",
    "unfinished": "x = (1,\n",
    "indented wrongly": "if 1:\n        x = 1\n    y = 2\n",
    "tabs and blanks": "if 1:\n\tx = 1\n        y = 2\n",
    "error in a string": 'x = "\\N{no such character}"\n',
    "syntax error in another module": """
        from pathlib import Path
        Path("broken.py").write_text("def (:")
        import broken
    """,
    "at the end": """
        import atexit, sys, threading, time
        class Last:
            def __init__(self, name): self.name = name
            def __del__(self): print("deleted", self.name)
        last = Last("global")
        def late():
            time.sleep(0.05)
            print("thread", "__file__" in globals())
        atexit.register(lambda: print("atexit", sorted(name for name in globals() if name.startswith("__"))))
        threading.Thread(target=late).start()
        threading.Thread(target=lambda: 1 / 0, name="T").start()
        print("main")
    """,
    "at the end after an error": """
        import atexit
        class Last:
            def __del__(self): print("deleted")
        last = Last()
        atexit.register(lambda: print("atexit", "__file__" in globals()))
        raise ValueError("x")
    """,
    "reads its input": "import sys\nprint(input(), sys.stdin.read().upper())",
    "reads more than there is": "input(); input(); input()",
    "prints what is not UTF-8": "import sys\nsys.stdout.buffer.write(bytes(range(256)))\nprint('☃')",
    "encodes names": "# coding: latin-1\nprint(len('é'))\nraíz = 'ñ'\nprint(raíz, ascii(raíz))".encode("latin-1"),
    "marks its byte order": b"\xef\xbb\xbfprint('\xe2\x98\x83')",
    "ends its lines otherwise": b"x = '''a\r\nb'''\r\nprint(repr(x))\r\n",
    "uses argparse": """
        import argparse
        parser = argparse.ArgumentParser()
        parser.add_argument("--n", type=int)
        print(parser.parse_args())
    """,
    "pickles its own": """
        import pickle
        class Own:
            def __eq__(self, other): return type(self) is type(other)
        if __name__ == "__main__":
            print(pickle.loads(pickle.dumps(Own())) == Own(), Own.__module__, Own)
    """,
    "works in forked processes": """
        import multiprocessing as mp
        def square(n): return n * n
        if __name__ == "__main__":
            with mp.get_context("fork").Pool(2) as pool:
                print(pool.map(square, range(10)))
    """,
    "works in spawned processes": """
        import multiprocessing as mp
        print("imported as", __name__)
        class Number:
            def __init__(self, n): self.n = n
        def square(number): return Number(number.n ** 2)
        if __name__ == "__main__":
            with mp.get_context("spawn").Pool(1) as pool:
                print([number.n for number in pool.map(square, map(Number, range(5)))])
    """,
    "forks and goes on": """
        import os, sys
        pid = os.fork()
        if pid:
            print("child ended with", os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
        else:
            print("child")
            sys.exit(7)
    """,
    "forks and fails in the child": """
        import os
        pid = os.fork()
        if pid:
            print("child ended with", os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
        else:
            raise ValueError("in the child")
    """,
    "starts programs": """
        import subprocess, sys
        print(subprocess.run([sys.executable, "-c", "print(1 + 1)"], capture_output=True).stdout)
        print(subprocess.run("kill -URG $$; echo still there", shell=True, capture_output=True).stdout)
    """,
    "becomes another program": """
        import os, sys
        os.execv(sys.executable, [sys.executable, "-c", "import time; time.sleep(0.1); print('another')"])
    """,
    "is gone at once": "import os\nprint('x', flush=True)\nos._exit(4)",
    "aborts": "import os\nos.abort()",
    "is killed": "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)",
    "crashes": "import ctypes\nctypes.string_at(0)",
    "changes directory": """
        import os, sys
        os.mkdir("elsewhere"); os.chdir("elsewhere")
        print(os.path.basename(os.getcwd()), os.path.basename(__file__))
    """,
    "replaces its output": """
        import io, sys
        sys.stdout = io.StringIO()
        print("into nothing")
        sys.stderr.write(sys.stdout.getvalue())
    """,
    "closes its output": "import sys\nsys.stdout.close()\nsys.stdout = None\nprint('x')",
    "has neighbours named like ours": """
        import array, columns, json, live, origin, queue, session, struct, target
        modules = (array, columns, json, live, origin, queue, session, struct, target)
        print([module.__file__.rpartition("/")[2] for module in modules])
    """,
    "loops with asyncio": """
        import asyncio
        async def worker(n):
            await asyncio.sleep(0.01)
            return n
        async def main():
            return sum(await asyncio.gather(*(worker(n) for n in range(50))))
        print(asyncio.run(main()))
    """,
    "sleeps and waits": """
        import select, threading, time
        began = time.monotonic()
        time.sleep(0.1); select.select([], [], [], 0.1); threading.Event().wait(0.1)
        print(time.monotonic() - began >= 0.3)
    """,
    "asks for its limits": "import sys\nprint(sys.getrecursionlimit(), sys.getswitchinterval(), sys.gettrace())",
    "warns": "import warnings\ndef f():\n    warnings.warn('careful', stacklevel=2)\nf()",
}


@pytest.mark.parametrize("case", SCRIPTS)
def test_a_script_prints_and_ends_the_same(agent: Agent, case: str) -> None:
    source = SCRIPTS[case]
    for name in ("array", "columns", "json", "live", "origin", "queue", "session", "struct", "target"):
        if case == "has neighbours named like ours":
            agent.write("", f"{name}.py")
    script = agent.write(dedented(source))
    given = {"stdin": "one\ntwo ☃\n".encode()}
    assert_same(agent, script, "--n", "3", clean=("elsewhere", "broken.py"), **given)


def dedented(source: str | bytes) -> str | bytes:
    import textwrap

    return source if isinstance(source, bytes) else textwrap.dedent(source)


def assert_same(agent: Agent, target: Path | str, *args: str, clean: tuple[str, ...] = (), **options: object) -> None:
    plain = agent.plain(target, *args, **options)
    for name in clean:
        path = agent.work / name
        if path.is_dir():
            path.rmdir()
        else:
            path.unlink(missing_ok=True)
    ours = agent.run(target, *args, hz=SNAPSHOTS_HZ, **options)
    assert ours.stdout == plain.stdout
    assert ours.stderr == plain.stderr
    assert ours.returncode == plain.returncode


PACKAGE = {
    "__init__.py": "print('package', __name__)\nVALUE = 5\n",
    "__main__.py": "from . import VALUE\nimport sys\nprint('main', __package__, VALUE, sys.argv[1:], __spec__.name)\n",
    "tool.py": """
        import sys
        from . import VALUE
        from .inner import deep
        print(__name__, __package__, __spec__.name, __spec__.parent, __file__ == sys.argv[0])
        print(sys.argv, sys.orig_argv, sys.path)
        print(sorted(globals()), __cached__, type(__loader__), deep.__name__)
    """,
    "inner/__init__.py": "",
    "inner/deep.py": "",
    "failing.py": "from . import VALUE\nraise SystemExit(VALUE)\n",
    "broken.py": "x = (\n",
    "bare/__init__.py": "",
}


@pytest.mark.parametrize(
    "module",
    ["pack", "pack.tool", "pack.failing", "pack.bare", "pack.missing", "missing", "missing.one", "this", "tool.py"],
)
def test_a_module_prints_and_ends_the_same(agent: Agent, module: str) -> None:
    for name, source in PACKAGE.items():
        agent.write(dedented(source), f"pack/{name}")
    assert_same(agent, module, "a", "ü", flags=("-O",) if module == "pack.tool" else ())


def test_a_module_that_raises_shows_no_frame_of_ours(agent: Agent) -> None:
    agent.write("def f():\n    return 1 / 0\nf()\n", "failing.py")
    plain, ours = agent.plain("failing"), agent.run("failing")
    own_frames = plain.stderr.index(b'  File "' + bytes(agent.work / "failing.py"))
    assert b"runpy" in plain.stderr[:own_frames]
    assert ours.stderr == b"Traceback (most recent call last):\n" + plain.stderr[own_frames:]
    assert ours.returncode == plain.returncode == 1


def test_a_folder_and_an_archive_run_by_their_main(agent: Agent) -> None:
    source = (
        "import sys, other\nprint(__name__, __file__, __package__, sys.argv, sys.path, __spec__.name, other.__file__)\n"
    )
    folder = agent.write(source, "app/__main__.py").parent
    agent.write("", "app/other.py")
    with zipfile.ZipFile(agent.work / "app.pyz", "w") as archive:
        archive.write(folder / "__main__.py", "__main__.py")
        archive.write(folder / "other.py", "other.py")
    assert_same(agent, folder, "x")
    assert_same(agent, agent.work / "app.pyz", "x")
    (agent.work / "empty").mkdir()
    assert_same(agent, agent.work / "empty")


def test_a_missing_script_ends_as_with_python(agent: Agent) -> None:
    assert_same(agent, agent.work / "missing.py")


def test_a_link_leads_to_the_modules_beside_the_file_itself(agent: Agent) -> None:
    script = agent.write("import sys, beside\nprint(sys.path[0], __file__, sys.argv)\n", "real/script.py")
    agent.write("", "real/beside.py")
    link = agent.work / "link.py"
    link.symlink_to(script)
    assert_same(agent, link)


def test_a_safe_path_stays_safe(agent: Agent) -> None:
    script = agent.write("import sys\nprint(sys.path, sys.flags)\n", "real/script.py")
    for flags, env in (((), {"PYTHONSAFEPATH": "1"}), (("-I",), {})):
        assert_same(agent, script, flags=flags, env=env)


def test_compiled_code_runs(agent: Agent) -> None:
    script = agent.write("import sys\nprint(__name__, sys.argv[1:])\n")
    agent.write("import py_compile\npy_compile.compile('script.py', cfile='script.pyc')\n", "make.py")
    assert agent.plain(agent.work / "make.py").returncode == 0
    script.unlink()
    assert_same(agent, agent.work / "script.pyc", "x")


def test_names_need_not_be_ascii_nor_utf8(agent: Agent) -> None:
    script = agent.write(
        "import sys\nprint(ascii(sys.argv), ascii(__file__))\ndef größe(): pass\ngröße()\n", "naïve ☃.py"
    )
    assert_same(agent, script, "größe", "\udcff\n'\"")
    odd = script.rename(agent.work / "\udcff.py")
    assert_same(agent, odd)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (b'x = 1\ny = "\xe9"\n', "Non-UTF-8 code starting with '\\xe9' in file {script} on line 2"),
        (b"x = 1\n\0\n", "null bytes"),
        (b"# coding: nonsense\nx = 1\n", "nonsense"),
        (b'# coding: ascii\nx = "\xe9"\n', "ascii"),
        (b"\x89PNG\r\n\x1a\n", "Non-UTF-8 code starting with '\\x89' in file {script} on line 1"),
    ],
    ids=["not UTF-8", "null bytes", "unknown encoding", "wrong encoding", "an image"],
)
def test_what_is_no_source_is_a_syntax_error(agent: Agent, source: bytes, said: str) -> None:
    script = agent.write(source)
    run = agent.run(script)
    assert run.returncode == 1
    assert b"SyntaxError" in run.stderr
    assert b"Traceback" not in run.stderr
    assert said.format(script=script).encode() in run.stderr
    assert run.stopped["how"] == "syntax-error"


def test_no_module_is_left_that_a_script_could_want(agent: Agent) -> None:
    script = agent.write("import sys\nprint(*sys.modules)\nprint(*sys.path_importer_cache)\nprint(*sys.meta_path)\n")
    plain, ours = agent.plain(script), agent.run(script, hz=SNAPSHOTS_HZ)
    before, after = ([set(line.split()) for line in ended.stdout.decode().splitlines()[:2]] for ended in (plain, ours))
    asked = "import sys\nprint(*sys.builtin_module_names)\n"
    built_in = agent.plain(agent.write(asked, "ask.py")).stdout.decode().split()
    assert [name for name in after[0] - before[0] if not name.startswith("_") and name not in built_in] == []
    assert after[1] == before[1]
