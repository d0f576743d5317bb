"""Kernels forked warm, for every Jupyter client.

Chosen by `kernel_provisioner` in a kernelspec, or for all of them by the environment variable
`JUPYTER_DEFAULT_PROVISIONER_NAME=rapport-warm`. A kernel that cannot be forked is started as
Jupyter always does, with the same results.
"""

import os
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import LocalProvisioner

from analysis.batch.warm.child import Child, Unavailable

LAUNCHER = "ipykernel_launcher"


class WarmProvisioner(LocalProvisioner):
    """Launches Python kernels as children of a warm parent."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Fork a kernel; start any other kernel, or where nothing may fork, as usual."""
        if LAUNCHER not in cmd:
            return await super().launch_kernel(cmd, **kwargs)
        cwd = kwargs.get("cwd") or Path.cwd()
        arguments = cmd[cmd.index(LAUNCHER) + 1 :]
        try:
            self.process = Child(
                "analysis.batch.warm.kernel:serve",
                *arguments,
                cwd=cwd,
                env={**(kwargs.get("env") or os.environ)},
            )
        except Unavailable:
            return await super().launch_kernel(cmd, **kwargs)
        self.pid = self.pgid = self.process.pid
        self.cwd = cwd
        return self.connection_info
