import Basics
import Bulletin
import Logging
import Planning
import Records

/// The workflow's messages for the log and the service manager. A lasting condition is logged once.
struct WorkflowLog {
    let log: Logger
    let tell: @Sendable (String) -> Void
    /// Current faults by the mailing they concern; nil is the look at what is due.
    private var troubles: [Mailing?: String] = [:]
    private var hanging: Set<Mailing> = []
    private var faults: [String] = []

    init(_ log: Logger, tell: @escaping @Sendable (String) -> Void) { (self.log, self.tell) = (log, tell) }

    /// The first of what goes wrong.
    var trouble: String? { troubles.values.first }

    mutating func trouble(with mailing: Mailing?, _ words: String, isDiskFull: Bool = false) {
        let words = isDiskFull ? "\(words); free some space, and it goes on by itself" : words
        guard words != troubles[mailing] else { return }
        troubles[mailing] = words
        log.error("\(words)")
        tell(words)
    }

    mutating func endTrouble(with mailing: Mailing?) {
        guard troubles.removeValue(forKey: mailing) != nil else { return }
        log.notice("\(mailing?.inWords ?? "the schedule") continues")
    }

    mutating func hangs(_ mailings: Set<Mailing>) {
        for mailing in mailings.subtracting(hanging) { log.critical("\(mailing.inWords): the sending hangs") }
        hanging = mailings
    }

    /// Files of issues and corrections that are missing or damaged.
    mutating func faults(_ faults: [DocumentFault]) {
        let words = faults.map(\.description)
        for fault in words where !self.faults.contains(fault) { log.error("\(fault)") }
        if words.isEmpty, !self.faults.isEmpty { log.notice("the files of all issues can be read again") }
        self.faults = words
    }

    func report(_ events: [RunSchedule.Event]) {
        for event in events {
            switch event {
            case .closed(let number, let items, let leftOut):
                log.notice("issue \(number) is closed", metadata: ["items": "\(items)", "leftOut": "\(leftOut)"])
            case .printedAgain(let number, let withdrawn):
                log.notice("issue \(number) is printed again\(withdrawn ? "; its approval is withdrawn" : "")")
            case .became(let number, let state, let reason):
                log.notice("issue \(number) is \(state.rawValue)\(reason.map { ": \($0)" } ?? "")")
            }
        }
    }

    func report(_ events: [TakeCorrections.Event]) {
        for event in events {
            switch event {
            case .taken(let mailing): log.notice("\(mailing.inWords) is accepted")
            case .became(let mailing, let state, let reason):
                log.notice("\(mailing.inWords) is \(state.rawValue)\(reason.map { ": \($0)" } ?? "")")
            }
        }
    }
}
