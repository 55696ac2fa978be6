<?php

// What a handler of notifications sees of LibreNMS, which is in no Debian package: its interface,
// its severities, and a trap in snmptrapd's words as LibreNMS reads them. Reads one notification,
// prints what the handler had logged.

namespace App\Models {
    class Device
    {
    }
}

namespace LibreNMS\Enum {
    enum Severity: int
    {
        case Unknown = 0;
        case Ok = 1;
        case Info = 2;
        case Notice = 3;
        case Warning = 4;
        case Error = 5;
    }
}

namespace LibreNMS\Interfaces {
    interface SnmptrapHandler
    {
        public function handle(\App\Models\Device $device, \LibreNMS\Snmptrap\Trap $trap);
    }
}

namespace LibreNMS\Snmptrap {
    class Trap
    {
        private array $values = [];

        public function __construct(string $text)
        {
            foreach (array_slice(explode("\n", trim($text)), 2) as $line) {
                [$oid, $value] = array_pad(explode(' ', $line, 2), 2, '');
                $this->values[$oid] = trim($value, '"');
            }
        }

        public function findOid(string $part): ?string
        {
            foreach (array_keys($this->values) as $oid) {
                if (str_contains($oid, $part)) {
                    return $oid;
                }
            }
            return null;
        }

        public function getOidData(?string $oid): ?string
        {
            return $this->values[$oid] ?? null;
        }

        public function getTrapOid(): string
        {
            return $this->values['SNMPv2-MIB::snmpTrapOID.0'];
        }

        public function log(string $text, \LibreNMS\Enum\Severity $severity, string $type = 'trap',
            ?string $reference = null): void
        {
            echo json_encode([$severity->name, $type, $reference, $text]), "\n";
        }
    }
}

namespace {
    [, $folder] = $argv;
    require "$folder/CardeaEvent.php";
    $handlers = (require "$folder/snmptraps.php")['trap_handlers'];
    $trap = new LibreNMS\Snmptrap\Trap(stream_get_contents(STDIN));
    $class = $handlers[$trap->getTrapOid()];
    (new $class())->handle(new App\Models\Device(), $trap);
}
