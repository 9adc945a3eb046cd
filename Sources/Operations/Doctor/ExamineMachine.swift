import Basics
import CTimex
import Foundation
import Glibc
import Records
import Settings

/// Examines the machine: disk space, the clock, and its zone data.
struct ExamineMachine {
    let configuration: Configuration
    let folder: StateFolder

    func room() -> DoctorFinding {
        guard let room = folder.room() ?? Room(at: configuration.folder) else {
            return DoctorFinding(.machine, "Disk", .warning, "the free space on the state folder's disk cannot be read")
        }
        let files = room.files > 0 ? " and \(room.freeFiles.grouped) files" : ""
        let words = "\(ByteWords.of(room.freeBytes))\(files) are free of \(ByteWords.of(room.bytes))"
        guard room.isShort else { return DoctorFinding(.machine, "Disk", .good, words) }
        let isFull = room.freeBytes < 1 << 20 || (room.files > 0 && room.freeFiles < 20)
        return DoctorFinding(
            .machine, "Disk", isFull ? .wrong : .warning, "only \(words)",
            "find the largest folders with du -xh -d 2 \(folder.path), and free some space")
    }

    /// adjtimex(2) tells whether the clock is being synchronised.
    func clock() -> DoctorFinding {
        var reading = timex()
        let state = adjtimex(&reading)
        guard state >= 0 else {
            return DoctorFinding(.machine, "Clock", .warning, "cannot tell whether the clock is synchronised")
        }
        guard state != TIME_ERROR, Int32(reading.status) & STA_UNSYNC == 0 else {
            return DoctorFinding(
                .machine, "Clock", .warning, "the clock is not synchronised: issues may go out early or late",
                "timedatectl set-ntp true, or apt-get install chrony")
        }
        return DoctorFinding(
            .machine, "Clock", .good, "synchronised, within \(max(1, Int(reading.maxerror) / 1000)) milliseconds")
    }

    /// Whether the system's zone data and ours agree on the bulletin's zone for the next two years. Sets the process's
    /// own zone for a moment: call it before any other thread runs.
    func zoneData(at now: Date, folder: String = "/usr/share/zoneinfo") -> DoctorFinding {
        let zone = configuration.schedule.timezone
        let name = zone.identifier
        guard FileManager.default.fileExists(atPath: "\(folder)/\(name)") else {
            return DoctorFinding(
                .machine, "Zone data", .warning, "the system has no zone data of \(name) to compare ours with",
                "apt-get install tzdata")
        }
        let before = getenv("TZ").map { String(cString: $0) }
        setenv("TZ", ":\(folder)/\(name)", 1)
        tzset()
        defer {
            if let before { setenv("TZ", before, 1) } else { unsetenv("TZ") }
            tzset()
        }
        for hour in 0..<(2 * 366 * 24) {
            let instant = now.addingTimeInterval(Double(hour) * 3600)
            var (seconds, local) = (time_t(instant.timeIntervalSince1970), tm())
            localtime_r(&seconds, &local)
            let ours = zone.secondsFromGMT(for: instant)
            guard local.tm_gmtoff != ours else { continue }
            return DoctorFinding(
                .machine, "Zone data", .wrong,
                "from \(instant.inWords(in: .gmt)) (UTC) the system has \(name) \(Self.offset(local.tm_gmtoff)) and Fortnight "
                    + Self.offset(ours),
                "apt-get install tzdata brings the system's up to date; ours comes with a newer fortnight")
        }
        return DoctorFinding(
            .machine, "Zone data", .good, "the system's and Fortnight's agree on \(name) for two years")
    }

    /// `UTC+01:00`
    private static func offset(_ seconds: Int) -> String {
        let minutes = abs(seconds) / 60
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "UTC\(seconds < 0 ? "-" : "+")\(two(minutes / 60)):\(two(minutes % 60))"
    }
}
