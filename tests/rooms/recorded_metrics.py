"""What exporters said of servers in trouble and of those that are well, and the facts that it is: one row a question and a state."""

from tests.metrics import DAY, HOUR, MINUTE, NEWEST, WEEK, Series, counter, jumped, steady

FREE = {"mountpoint": "/srv", "fstype": "ext4", "device": "/dev/vdb1"}
UNIT = {"name": "mariadb.service", "type": "simple"}
FPM = {"pool": "www"}
NIC = {"device": "eth0"}
MD = {"device": "md0"}


def disk(size: float, free: float, avail: float, **labels: str) -> list[Series]:
    """A filesystem."""
    said = {**FREE, **labels}
    parts = {"size": size, "free": free, "avail": avail}
    return [steady(f"node_filesystem_{name}_bytes", value, **said) for name, value in parts.items()]


def unit(now: str, **more: Series) -> list[Series]:
    """A unit of systemd that is in this state now, and was active all day before."""
    others = [one for one in ("active", "failed", "inactive", "activating") if one != now]
    return [
        steady("node_systemd_unit_state", 1, state=now, **UNIT),
        *(steady("node_systemd_unit_state", 0, state=one, **UNIT) for one in others if one not in more),
        *more.values(),
    ]


def was(state: str, *, until: int) -> Series:
    """The unit was in this state, until so long ago."""
    every = range(20 * HOUR, NEWEST - 1, -2 * MINUTE)
    said = [(ago, 1.0 if ago > until else 0.0) for ago in every]
    return Series(name="node_systemd_unit_state", labels={"state": state, **UNIT}, said=said)


def fpm(active: float, total: float, *, queue: float = 0, reached: float = 0) -> list[Series]:
    """A pool of PHP."""
    return [
        steady("phpfpm_active_processes", active, **FPM),
        steady("phpfpm_total_processes", total, **FPM),
        steady("phpfpm_listen_queue", queue, **FPM),
        counter("phpfpm_max_children_reached", per_s=reached, **FPM),
    ]


def uplink(per_s: float, *, lost: float = 0, speed: float = 125_000_000) -> list[Series]:
    """A network card of 1 Gbit/s, and a bond."""
    return [
        counter("node_network_transmit_bytes_total", per_s=per_s, **NIC),
        counter("node_network_receive_bytes_total", per_s=1_000, **NIC),
        steady("node_network_speed_bytes", speed, **NIC),
        steady("node_bonding_slaves", 2, master="bond0"),
        steady("node_bonding_active", 2 - lost, master="bond0"),
    ]


def raid(active: float, *, state: str = "active") -> list[Series]:
    """An array of two disks."""
    states = ("active", "inactive", "recovering", "resync", "check")
    return [
        steady("node_md_disks_required", 2, **MD),
        steady("node_md_disks", active, state="active", **MD),
        *(steady("node_md_state", float(one == state), state=one, **MD) for one in states),
    ]


def chassis(**alarms: float) -> list[Series]:
    """Sensors of a machine."""
    return [steady(f"ipmi_{name}_state", alarms.get(name, 0), id="1") for name in ("power", "fan_speed", "temperature")]


def cpu(**modes: float) -> list[Series]:
    """Two processors: the share of their time in each mode."""
    return [
        counter("node_cpu_seconds_total", per_s=share, cpu=str(number), mode=mode)
        for number in range(2)
        for mode, share in {"idle": 0.5, **modes}.items()
    ]


def requests(per_s: float, *, before: float, weeks: int, name: str = "apache_accesses_total") -> list[Series]:
    """A web server whose requests are counted now, and were a week and two weeks ago."""
    old = [counter(name, per_s=before, last=2 * HOUR, until=week * WEEK - HOUR) for week in range(weeks, 0, -1)]
    now = counter(name, per_s=per_s)
    return [Series(name=name, labels={}, said=[pair for one in [*old, now] for pair in one.said])]


# question, what was recorded, the facts: subject -> value
RECORDED: list[tuple[str, list[Series], dict[str, object]]] = [
    ("disk", disk(1000, 55, 5), {"/srv": 99.47}),
    ("disk", disk(1000, 0, 0), {"/srv": 100}),
    ("disk", [*disk(1000, 500, 500), *disk(1000, 0, 0, fstype="tmpfs", mountpoint="/dev/shm")], {"/srv": 50}),  # noqa: S108
    ("disk", [*disk(1000, 500, 500), *disk(1000, 0, 0, mountpoint="/boot/efi")], {"/srv": 50}),
    ("disk", disk(0, 0, 0), {}),
    (
        "inodes",
        [steady("node_filesystem_files", 1000, **FREE), steady("node_filesystem_files_free", 12, **FREE)],
        {"inodes:/srv": 98.8},
    ),
    (
        "inodes",  # a filesystem that counts none
        [steady("node_filesystem_files", 0, **FREE), steady("node_filesystem_files_free", 0, **FREE)],
        {},
    ),
    (
        "memory",
        [steady("node_memory_MemTotal_bytes", 100), steady("node_memory_MemAvailable_bytes", 3)],
        {"": 97},
    ),
    ("oom-kills", [jumped("node_vmstat_oom_kill", by=2, ago=4 * HOUR)], {"": 2}),
    ("oom-kills", [jumped("node_vmstat_oom_kill", by=2, ago=25 * HOUR)], {"": 0}),
    ("load", [steady("node_load5", 5), *cpu()], {"": 2.5}),
    ("steal", cpu(steal=0.25), {"": 25}),
    ("io-wait", cpu(iowait=0.4), {"": 40}),
    ("host", [steady("ipmi_chassis_power_state", 0), steady("node_time_seconds", 1)], {"": "off"}),
    ("host", [steady("node_time_seconds", 1)], {"": "up"}),
    ("host", [steady("ipmi_chassis_power_state", 1)], {"": "up"}),
    ("reboot", [steady("node_boot_time_seconds", 1)], {"": "none"}),
    ("reboot", [steady("node_boot_time_seconds", 4_000_000_000)], {"": "unknown"}),
    ("uplink", uplink(1_000_000), {"": "ok"}),
    ("uplink", uplink(1_000_000, lost=1), {"": "degraded"}),
    ("uplink", uplink(124_000_000), {"": "saturated"}),
    ("uplink", uplink(124_000_000, speed=-125_000), {}),  # a virtual card that does not know
    ("raid", raid(2), {"": "ok"}),
    ("raid", raid(2, state="check"), {"": "ok"}),
    ("raid", raid(1), {"": "degraded"}),
    ("raid", raid(1, state="recovering"), {"": "rebuilding"}),
    ("raid", raid(0, state="inactive"), {"": "failed"}),
    (
        "disk-health",
        [steady("smartctl_device_smart_status", value, device=name) for name, value in (("sda", 1), ("sdb", 0))],
        {"": "failing"},
    ),
    ("disk-health", [steady("smartctl_device_smart_status", 1, device="sda")], {"": "ok"}),
    (
        "disk-health",  # by node_exporter's collectors, which wrote a year ago
        [
            steady("smartmon_device_smart_healthy", 0, disk="/dev/sda"),
            steady("node_textfile_mtime_seconds", 1, file="smartmon.prom"),
        ],
        {},
    ),
    (
        "disk-health",
        [
            steady("smartmon_device_smart_healthy", 0, disk="/dev/sda"),
            steady("node_textfile_mtime_seconds", 4_000_000_000, file="/var/lib/smartmon.prom"),
        ],
        {"": "failing"},
    ),
    (
        "memory-ecc",
        [
            jumped("node_edac_uncorrectable_errors_total", by=1, ago=2 * HOUR, controller="0"),
            jumped("node_edac_correctable_errors_total", by=9, ago=2 * HOUR, controller="0"),
        ],
        {"": "uncorrectable"},
    ),
    (
        "memory-ecc",
        [jumped("node_edac_correctable_errors_total", by=9, ago=2 * HOUR, controller="0")],
        {"": "correctable"},
    ),
    ("memory-ecc", [jumped("node_edac_correctable_errors_total", by=9, ago=DAY + HOUR, controller="0")], {"": "ok"}),
    ("chassis", chassis(), {"": "none"}),
    ("chassis", chassis(fan_speed=1), {"": "none"}),  # to be watched, says the sensor: no alarm
    ("chassis", chassis(fan_speed=2), {"": "fan"}),
    ("chassis", chassis(power=2, temperature=2), {"": "power"}),
    ("chassis", chassis(temperature=2), {"": "temperature"}),
    ("units", unit("active"), {"mysql": "running"}),
    ("units", unit("failed"), {"mysql": "failed"}),
    ("units", unit("inactive", active=was("active", until=HOUR)), {"mysql": "stopped"}),
    ("units", unit("inactive"), {}),  # installed, and not what runs here
    ("units", unit("activating"), {}),
    ("units", unit("active", failed=was("failed", until=2 * HOUR)), {"mysql": "restarted"}),
    (
        "units",
        [*unit("active"), jumped("node_systemd_service_restart_total", by=1, ago=3 * HOUR, **UNIT)],
        {"mysql": "restarted"},
    ),
    (
        "units",
        [*unit("active"), counter("node_systemd_service_restart_total", per_s=1 / 60, **UNIT)],
        {"mysql": "crash-loop"},
    ),
    (
        "systemd-units",
        [
            Series(name=one.name.removeprefix("node_"), labels=one.labels, said=one.said)
            for one in [*unit("failed"), jumped("node_systemd_service_restart_total", by=1, ago=3 * HOUR, **UNIT)]
        ],
        {"mysql": "failed"},
    ),
    ("mysql", [steady("mysql_up", 0)], {"mysql": "degraded"}),
    ("mysql", [steady("mysql_up", 1)], {"mysql": "running"}),
    ("postgresql", [steady("pg_up", 1)], {"postgresql": "running"}),
    ("postgresql", [steady("pg_up", 0)], {"postgresql": "degraded"}),
    ("slow-queries", [counter("mysql_global_status_slow_queries", per_s=0.1)], {"": 60}),
    (
        "mysql-connections",
        [steady("mysql_global_status_threads_connected", 151), steady("mysql_global_variables_max_connections", 151)],
        {"db-connections": 100},
    ),
    (
        "postgresql-connections",
        [
            *(steady("pg_stat_activity_count", 40, datname=name, state="active") for name in ("a", "b")),
            steady("pg_settings_max_connections", 100),
        ],
        {"db-connections": 80},
    ),
    ("php", [steady("phpfpm_up", 1, **FPM)], {"php": "running"}),
    ("php", [steady("phpfpm_up", 0, **FPM)], {"php": "degraded"}),
    ("php-workers", fpm(3, 10), {"php-workers": 30}),
    ("php-workers", fpm(10, 10), {"php-workers": 99}),  # more are started when they are needed
    ("php-workers", fpm(10, 10, queue=4), {"php-workers": 100}),
    ("php-workers", fpm(10, 10, reached=0.05), {"php-workers": 100}),
    ("php-workers", fpm(3, 10, reached=0.05), {"php-workers": 30}),
    ("traffic", requests(80, before=10, weeks=2), {"": 8}),
    ("traffic", requests(20, before=10, weeks=1), {"": 2}),
    ("traffic", requests(20, before=10, weeks=0), {}),
    ("nginx-traffic", requests(80, before=10, weeks=2, name="nginx_http_requests_total"), {"": 8}),
]
