"""The doorbell's end: Celery tasks that look into the Job table."""

from celery import shared_task

from recommendations.jobs import heartbeat, queue


@shared_task(name="recommendations.jobs.run_due", ignore_result=True)
def run_due_jobs() -> int:
    """Do what is due."""
    return queue.run_due()


@shared_task(name="recommendations.jobs.sweep", ignore_result=True)
def sweep_jobs() -> int:
    """Do what nobody was told of; beat calls this. That it arrives shows that clock, broker and worker work."""
    return queue.run_due()


@shared_task(name="recommendations.jobs.forget", ignore_result=True)
def forget_old_jobs() -> None:
    """Remove what was done long ago."""
    queue.forget()
    heartbeat.forget()
