<?php

// Made by tools/contrib.py from the MIB modules: change those.

namespace LibreNMS\Snmptrap\Handlers;

use App\Models\Device;
use LibreNMS\Enum\Severity;
use LibreNMS\Interfaces\SnmptrapHandler;
use LibreNMS\Snmptrap\Trap;

/**
 * Every notification of a Cardea door controller: its sentence goes into the event log.
 */
class CardeaEvent implements SnmptrapHandler
{
    private const SEVERITIES = [
        'access.granted' => Severity::Info,
        'access.taken' => Severity::Info,
        'access.not_taken' => Severity::Notice,
        'access.denied' => Severity::Notice,
        'access.unknown' => Severity::Warning,
        'access.unknown_pin' => Severity::Warning,
        'access.pin_locked' => Severity::Warning,
        'access.duress' => Severity::Error,
        'access.apb_violation' => Severity::Warning,
        'access.degraded' => Severity::Error,
        'access.degraded_cleared' => Severity::Ok,
        'door.mode' => Severity::Info,
        'door.position' => Severity::Info,
        'door.lock' => Severity::Info,
        'door.forced' => Severity::Error,
        'door.forced_cleared' => Severity::Ok,
        'door.held' => Severity::Warning,
        'door.held_cleared' => Severity::Ok,
        'door.held_warning' => Severity::Notice,
        'door.double_lock' => Severity::Info,
        'door.lock_fault' => Severity::Error,
        'door.lock_fault_cleared' => Severity::Ok,
        'fire.raised' => Severity::Error,
        'fire.cleared' => Severity::Ok,
        'reader.online' => Severity::Ok,
        'reader.offline' => Severity::Error,
        'reader.replaced' => Severity::Warning,
        'reader.tamper' => Severity::Error,
        'reader.tamper_cleared' => Severity::Ok,
        'reader.secured' => Severity::Ok,
        'reader.key_mismatch' => Severity::Error,
        'reader.default_key' => Severity::Error,
        'reader.downgrade' => Severity::Error,
        'reader.interference' => Severity::Error,
        'reader.foreign_talker' => Severity::Error,
        'reader.paired' => Severity::Notice,
        'reader.differs' => Severity::Error,
        'reader.clear' => Severity::Warning,
        'reader.clear_ended' => Severity::Ok,
        'reader.power' => Severity::Error,
        'reader.power_cleared' => Severity::Ok,
        'reader.upgrade_done' => Severity::Notice,
        'reader.upgrade_failed' => Severity::Warning,
        'module.online' => Severity::Ok,
        'module.offline' => Severity::Error,
        'module.tamper' => Severity::Error,
        'module.tamper_cleared' => Severity::Ok,
        'module.power' => Severity::Error,
        'module.power_cleared' => Severity::Ok,
        'module.secured' => Severity::Ok,
        'module.key_mismatch' => Severity::Error,
        'module.replaced' => Severity::Warning,
        'module.trouble' => Severity::Error,
        'module.upgrade_done' => Severity::Notice,
        'floor.granted' => Severity::Info,
        'floor.denied' => Severity::Notice,
        'module.upgrade_failed' => Severity::Warning,
        'board.online' => Severity::Ok,
        'board.offline' => Severity::Error,
        'input.fault' => Severity::Error,
        'input.fault_cleared' => Severity::Ok,
        'input.drift' => Severity::Warning,
        'input.drift_cleared' => Severity::Ok,
        'point.fault' => Severity::Error,
        'point.fault_cleared' => Severity::Ok,
        'output.state' => Severity::Info,
        'power.source' => Severity::Notice,
        'power.lost' => Severity::Error,
        'power.restarted' => Severity::Warning,
        'power.doors_lost' => Severity::Error,
        'power.doors_back' => Severity::Ok,
        'power.supply_lost' => Severity::Warning,
        'power.supply_back' => Severity::Notice,
        'power.low' => Severity::Warning,
        'power.low_cleared' => Severity::Ok,
        'power.shed' => Severity::Error,
        'power.restored' => Severity::Ok,
        'power.rail_fault' => Severity::Error,
        'power.rail_fault_cleared' => Severity::Ok,
        'power.supply_overload' => Severity::Error,
        'power.supply_overload_cleared' => Severity::Ok,
        'power.supply_voltage' => Severity::Error,
        'power.supply_voltage_cleared' => Severity::Ok,
        'power.point_overload' => Severity::Error,
        'power.point_overload_cleared' => Severity::Ok,
        'temperature.warning' => Severity::Warning,
        'temperature.warning_cleared' => Severity::Ok,
        'temperature.critical' => Severity::Error,
        'temperature.critical_cleared' => Severity::Ok,
        'casing.open' => Severity::Error,
        'casing.closed' => Severity::Ok,
        'motion.detected' => Severity::Error,
        'motion.cleared' => Severity::Ok,
        'tamper.external' => Severity::Error,
        'tamper.external_cleared' => Severity::Ok,
        'button.reset' => Severity::Error,
        'system.factory_default' => Severity::Error,
        'events.lost' => Severity::Error,
        'snmp.master_up' => Severity::Ok,
        'snmp.master_down' => Severity::Warning,
        'snmp.left_out' => Severity::Warning,
        'snmp.heartbeat' => Severity::Info,
        'snmp.denied' => Severity::Warning,
        'snmp.command' => Severity::Notice,
        'syslog.up' => Severity::Ok,
        'syslog.down' => Severity::Warning,
        'syslog.caught_up' => Severity::Ok,
        'syslog.behind' => Severity::Warning,
        'syslog.certificate_ok' => Severity::Ok,
        'syslog.certificate_expiring' => Severity::Warning,
        'syslog.journal_caught_up' => Severity::Ok,
        'syslog.journal_behind' => Severity::Warning,
        'log.gap' => Severity::Error,
        'alarm.ended' => Severity::Notice,
        'system.started' => Severity::Notice,
        'control.up' => Severity::Ok,
        'control.down' => Severity::Error,
    ];

    public function handle(Device $device, Trap $trap)
    {
        $kind = $this->read($trap, 'cardeaEventKind');
        $source = $this->read($trap, 'cardeaEventSource');
        $text = $this->read($trap, 'cardeaEventText');
        $seq = $this->read($trap, 'cardeaEventSeq');
        $severity = self::SEVERITIES[$kind] ?? Severity::Unknown;
        $trap->log("$text ($kind, event $seq)", $severity, 'cardea', $source);
    }

    private function read(Trap $trap, string $name): string
    {
        return trim((string) $trap->getOidData($trap->findOid("::$name.")), '"');
    }
}
