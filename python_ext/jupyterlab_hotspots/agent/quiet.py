"""Built-in functions that leave no trace in a deterministic profiler when they are called on the profiled thread.

An interpreter reports calls of built-in functions and methods that it makes itself. A `functools.partial` is neither,
and what it calls, C calls: nobody is told. So what runs while the target is being profiled calls built-ins through
here, and otherwise only uses operators, displays and types (a call of a type is not reported either). That is exact
even where subtracting would not be: when the target itself is inside the same built-in function, cProfile counts our
call as a recursion of it.
"""

import gc
import os
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from functools import partial
else:
    from _functools import partial

now = partial(time.monotonic)
getpid = partial(os.getpid)
open_file = partial(os.open)
write_file = partial(os.write)
close_file = partial(os.close)
duplicate = partial(os.dup2)
file_status = partial(os.fstat)
rename = partial(os.replace)
remove = partial(os.unlink)
length = partial(len)
rounded = partial(round)
joined = partial("".join)
split = partial(str.split)
encoded = partial(str.encode)
has_collection = partial(gc.isenabled)
stop_collection = partial(gc.disable)
start_collection = partial(gc.enable)
trace_function = partial(sys.gettrace)
