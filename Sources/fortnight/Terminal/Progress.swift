import Basics
import Foundation

/// Shows the progress of long work on a terminal; prints nothing elsewhere.
struct Progress {
    private let what: String
    private let shows = Terminal.showsProgress
    private var count = 0
    private var last = ContinuousClock.now

    init(_ what: String) { self.what = what }

    mutating func step() {
        count += 1
        guard shows, count % 16 == 0 else { return }
        let time = ContinuousClock.now
        guard time - last > .milliseconds(100) else { return }
        last = time
        write("\r\(count.grouped) \(what) …")
    }

    /// Clears the line.
    func end() { if shows { write("\r\u{1B}[K") } }

    private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }

    /// A bar of `width` characters, filled in proportion.
    static func bar(_ done: Int, of total: Int, width: Int) -> String {
        let filled = total == 0 ? 0 : min(width, done * width / total)
        return String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
    }
}
