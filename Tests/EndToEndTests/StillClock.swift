import Foundation
import TestSupport

/// A wall clock that stands still until it is set, for our own programs: they run with a library that answers instead
/// of the system (`Tests/StillClock`). Durations are measured as usual.
struct StillClock: Sendable {
    private let file: String
    private let library: String

    init(in folder: String) throws {
        file = "\(folder)/clock"
        library = try Programs.ours("libStillClock.so")
    }

    var environment: [String: String] { ["LD_PRELOAD": library, "STILL_CLOCK": file] }

    /// Sets it to a local time in London: `2026-12-02T10:00`.
    func set(_ local: String) throws {
        let style = Date.ISO8601FormatStyle(timeZone: TimeZone(identifier: "Europe/London") ?? .gmt)
            .year().month().day().time(includingFractionalSeconds: false)
        let time = try Date("\(local):00", strategy: style)
        try "\(Int(time.timeIntervalSince1970))\n".write(toFile: file, atomically: true, encoding: .utf8)
    }
}
