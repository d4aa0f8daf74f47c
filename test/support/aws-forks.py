"""
Runs the AWS command line again and again: one line of JSON in for each command, one out when it has ended. Each command
is a process of its own, forked off this one, which has imported the program and done nothing with it: what takes most
of the time of `aws` is taken once.
"""

import json
import os
import sys
import tempfile

before = dict(os.environ)

import awscli
import awscli.clidriver

awscli.clidriver.create_clidriver()
# Where the program's own data is.
own = {name: value for name, value in os.environ.items() if before.get(name) != value}


def become(arguments, environment, directory, output, errors):
    os.chdir(directory)
    os.environ.clear()
    os.environ.update({**environment, **own})
    os.dup2(output.fileno(), 1)
    os.dup2(errors.fileno(), 2)
    sys.argv = ["aws", *arguments]
    try:
        return awscli.clidriver.main()
    except SystemExit as ended:
        return ended.code
    finally:
        sys.stdout.flush()
        sys.stderr.flush()


print(json.dumps({"version": awscli.__version__}), flush=True)
for line in sys.stdin:
    asked = json.loads(line)
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        child = os.fork()
        if child == 0:
            os._exit(become(asked["arguments"], asked["environment"], asked["directory"], output, errors) or 0)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        texts = []
        for file in (output, errors):
            file.seek(0)
            texts.append(file.read().decode())
    print(json.dumps({"status": status, "stdout": texts[0], "stderr": texts[1]}), flush=True)
