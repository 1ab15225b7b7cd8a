# SPDX-License-Identifier: GPL-3.0-or-later
"""The real server as a child that can be killed and started again."""
import asyncio
import ctypes
import signal

READY_S = 60
PR_SET_PDEATHSIG = 1


def die_with_parent():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Server:
    def __init__(self, program, data, log):
        self.program = program
        self.data = data
        self.log = log
        self.port = None
        self.up = asyncio.Event()   # set while there is a server to connect to
        self.process = None

    async def start(self):
        self.process = await asyncio.create_subprocess_exec(
            self.program, '--listen', '127.0.0.1:0', '--data', self.data,
            stdout=asyncio.subprocess.PIPE, stderr=self.log, preexec_fn=die_with_parent)
        line = await asyncio.wait_for(self.process.stdout.readline(), READY_S)
        if not line.startswith(b'confabd ready http://127.0.0.1:'):
            raise AssertionError(f'the server did not come up: {line!r}')
        self.port = int(line.rsplit(b':', 1)[1])
        self.up.set()

    async def kill(self):
        self.up.clear()
        self.process.kill()
        status = await self.process.wait()
        if status != -signal.SIGKILL:
            raise AssertionError(f'the server had ended by itself with status {status}')

    async def stop(self):
        self.up.clear()
        self.process.terminate()
        return await asyncio.wait_for(self.process.wait(), READY_S)
