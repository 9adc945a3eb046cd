import Bulletin
import Foundation
import Planning
import Publishing
import Records

/// The answer of `/metrics` at one moment. No label has a value that a subscriber or a peer could choose.
struct MetricsAnswer {
    let text: String

    init(_ board: StatusBoard, _ health: Health, mailbox: MailboxReading, at now: Date) {
        var metrics = MetricsText()
        let (reading, slow) = (board.monitor.reading, board.slow)
        Self.workflow(reading, health, &metrics)
        metrics.value(.reloadRefused, board.configuration.refused != nil)
        Self.issues(slow.issues, &metrics)
        Self.deliveries(slow, reading, &metrics)
        metrics.family(.subscribers) { samples in
            guard let people = slow.subscribers else { return }
            for status in SubscriberStatus.allCases {
                samples.add(people[status.rawValue] ?? 0, ["status": status.rawValue])
            }
        }
        Self.mailbox(mailbox, at: now, &metrics)
        Self.room(slow, &metrics)
        Self.process(started: board.started, &metrics)
        text = metrics.text
    }

    private static func workflow(_ reading: WorkflowMonitor.Reading, _ health: Health, _ metrics: inout MetricsText) {
        metrics.value(.ready, health.isReady)
        metrics.value(.trouble, reading.trouble != nil)
        metrics.family(.turns) { samples in
            samples.add(reading.timeInTurns.seconds, suffix: "_sum")
            samples.add(Double(reading.turns), suffix: "_count")
        }
        metrics.value(.sinceTurn, reading.sinceTurn?.seconds)
    }

    private static func issues(_ figures: IssueFigures, _ metrics: inout MetricsText) {
        metrics.value(.nextDeadline, figures.open?.closes.timeIntervalSince1970)
        metrics.value(.nextSending, figures.nextSending?.sends.timeIntervalSince1970)
        metrics.family(.issues) { samples in
            for state in IssueState.allCases where state != .open {
                samples.add(figures.byState[state] ?? 0, ["state": state.rawValue])
            }
        }
        metrics.value(.queuedItems, figures.open?.items)
        metrics.value(.lastSent, figures.last?.sentAt?.timeIntervalSince1970)
        metrics.family(.sendingTime) { samples in
            for row in figures.rows {
                if let duration = row.duration { samples.add(duration, ["issue": "\(row.number)"]) }
            }
        }
    }

    private static func deliveries(
        _ slow: StatusBoard.Slow, _ reading: WorkflowMonitor.Reading, _ metrics: inout MetricsText
    ) {
        metrics.family(.deliveries) { samples in
            for row in slow.issues.rows {
                guard let counts = reading.sending[Mailing(row.number)] ?? row.counts else { continue }
                for state in DeliveryState.allCases {
                    samples.add(counts[state], ["issue": "\(row.number)", "state": state.rawValue])
                }
            }
        }
        metrics.value(.sending, reading.sending.count)
        metrics.value(.deliveryTrouble, reading.delivery != nil)
        metrics.value(.letters, slow.lettersWaiting)
    }

    private static func mailbox(_ mailbox: MailboxReading, at now: Date, _ metrics: inout MetricsText) {
        metrics.value(.mailboxConfigured, mailbox.isConfigured)
        metrics.value(.mailboxRead, mailbox.lastSuccess?.timeIntervalSince1970)
        metrics.value(.mailboxAge, mailbox.lastSuccess.map { max(0, now.timeIntervalSince($0)) })
        if mailbox.isConfigured { metrics.value(.mailboxTrouble, mailbox.problem != nil) }
        metrics.family(.returns) { samples in
            for (name, count) in mailbox.counts.sorted(by: { $0.key < $1.key }) { samples.add(count, ["class": name]) }
        }
    }

    private static func room(_ slow: StatusBoard.Slow, _ metrics: inout MetricsText) {
        metrics.family(.storeBytes) { samples in
            for store in slow.stores.prefix(32) { samples.add(store.bytes, ["store": store.name]) }
        }
        metrics.family(.storeFiles) { samples in
            for store in slow.stores.prefix(32) { samples.add(store.files, ["store": store.name]) }
        }
        metrics.value(.freeBytes, slow.room?.freeBytes)
        metrics.value(.diskBytes, slow.room?.bytes)
        // A file system that makes inodes on demand does not count them.
        metrics.value(.freeFiles, slow.room.flatMap { $0.files > 0 ? $0.freeFiles : nil })
    }

    private static func process(started: Date, _ metrics: inout MetricsText) {
        let figures = ProcessFigures()
        metrics.value(.started, started.timeIntervalSince1970)
        metrics.value(.processor, figures.processor)
        metrics.value(.memory, figures.residentBytes)
        metrics.value(.descriptors, figures.openDescriptors)
        metrics.value(.mostDescriptors, figures.mostDescriptors)
    }
}
