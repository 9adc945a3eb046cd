import Basics
import Bulletin
import Foundation
import Glibc
import Logging

/// Writes each log line to standard error: with a priority in angle brackets for journald (sd-daemon(3)), otherwise
/// with time and level.
struct StandardErrorLog: LogHandler {
    var logLevel: Logger.Level = .info
    var metadata: Logger.Metadata = [:]
    private let underJournald: Bool
    private let now: @Sendable () -> Date

    init(environment: [String: String], now: @escaping @Sendable () -> Date) {
        underJournald = environment["JOURNAL_STREAM"] != nil
        self.now = now
        if let level = environment["LOG_LEVEL"].flatMap(Logger.Level.init(rawValue:)) { logLevel = level }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let told = metadata.merging(event.metadata ?? [:]) { _, new in new }
        let details = told.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        let words = "\(event.message)\(details)".replacing("\n", with: "\\n")
        let line =
            underJournald
            ? "<\(priority(event.level))>\(words)\n" : "\(now().stamp) \(event.level.rawValue): \(words)\n"
        let bytes = Array(line.utf8)
        _ = write(STDERR_FILENO, bytes, bytes.count)
    }

    /// syslog(3)'s numbers.
    private func priority(_ level: Logger.Level) -> Int {
        switch level {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }
}
