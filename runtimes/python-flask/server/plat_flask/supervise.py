"""supervisord, whose programs start at once: by itself it first waits a second for news of programs that do not run yet."""

from __future__ import annotations

from supervisor import supervisord


class PromptSupervisor(supervisord.Supervisor):
    def runforever(self) -> None:
        for group in self.process_groups.values():
            group.transition()
        super().runforever()


if __name__ == "__main__":
    supervisord.Supervisor = PromptSupervisor
    supervisord.main()
