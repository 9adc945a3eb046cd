/// One name that `/metrics` has, with what it means. The table is the manual's, the dashboards' and the answer's alike.
package struct Metric: Hashable, Sendable {
    package let name: String
    let kind: MetricsText.Kind
    package let help: String
    /// The names of its labels.
    package let labels: [String]

    private init(_ name: String, kind: MetricsText.Kind = .gauge, labels: [String] = [], _ help: String) {
        (self.name, self.kind, self.labels, self.help) = (name, kind, labels, help)
    }

    // MARK: The workflow

    static let ready = Metric("fortnight_ready", "Whether the daemon can do its work, as /ready says.")
    static let trouble = Metric("fortnight_trouble", "Whether something keeps the workflow from its work.")
    static let turns = Metric(
        "fortnight_workflow_turn_seconds", kind: .summary,
        "The workflow's looks at what is due: how many, and their time.")
    static let sinceTurn = Metric(
        "fortnight_workflow_seconds_since_turn", "Since the workflow last ended a look at what is due.")
    static let reloadRefused = Metric(
        "fortnight_configuration_refused", "Whether a new configuration was not taken, and the old one holds.")

    // MARK: Issues

    static let nextDeadline = Metric(
        "fortnight_next_deadline_timestamp_seconds", "When the next copy deadline is, in seconds since 1970.")
    static let nextSending = Metric(
        "fortnight_next_sending_timestamp_seconds", "When the next issue goes out, in seconds since 1970.")
    static let issues = Metric(
        "fortnight_issues", labels: ["state"], "Issues that are closed or past, by state.")
    static let queuedItems = Metric("fortnight_open_issue_items", "Items that the next issue holds so far.")
    static let lastSent = Metric(
        "fortnight_last_issue_sent_timestamp_seconds", "When the last issue was sent to the last of its audience.")
    static let sendingTime = Metric(
        "fortnight_issue_sending_seconds", labels: ["issue"],
        "How long it took to send an issue, from its first message to its last; of the last twelve.")

    // MARK: Deliveries

    static let deliveries = Metric(
        "fortnight_deliveries", labels: ["issue", "state"],
        "Subscribers of an issue by the state of their delivery in the ledger; of the last twelve issues.")
    static let sending = Metric("fortnight_sending", "Issues and corrections that are being sent now.")
    static let deliveryTrouble = Metric(
        "fortnight_delivery_trouble", "Whether what is to be sent does not go out, as when the relay is down.")
    static let letters = Metric(
        "fortnight_letters_waiting", "Confirmations and goodbyes that wait for the relay.")

    // MARK: People

    static let subscribers = Metric(
        "fortnight_subscribers", labels: ["status"], "People on the roll, by status.")

    // MARK: The mailbox

    static let mailboxConfigured = Metric(
        "fortnight_mailbox_configured", "Whether a mailbox of returns is configured.")
    static let mailboxRead = Metric(
        "fortnight_mailbox_last_read_timestamp_seconds", "When the mailbox of returns was last read to its end.")
    static let mailboxAge = Metric(
        "fortnight_mailbox_seconds_since_read", "Since the mailbox of returns was last read to its end.")
    static let mailboxTrouble = Metric(
        "fortnight_mailbox_trouble", "Whether the last reading of the mailbox of returns failed.")
    static let returns = Metric(
        "fortnight_returns", labels: ["class"], "Messages that the mailbox brought, by what they were taken for.")

    // MARK: Room

    static let storeBytes = Metric(
        "fortnight_store_bytes", labels: ["store"], "Size of each folder of the state folder.")
    static let storeFiles = Metric(
        "fortnight_store_files", labels: ["store"], "Files in each folder of the state folder.")
    static let freeBytes = Metric("fortnight_disk_free_bytes", "Room on the state folder's file system.")
    static let diskBytes = Metric("fortnight_disk_size_bytes", "Size of the state folder's file system.")
    static let freeFiles = Metric(
        "fortnight_disk_free_files", "Files that can still be made on the state folder's file system.")

    // MARK: The process, under the names that every exporter gives them

    static let started = Metric("process_start_time_seconds", "When the daemon started, in seconds since 1970.")
    static let processor = Metric(
        "process_cpu_seconds_total", kind: .counter, "Processor time that the daemon has used.")
    static let memory = Metric("process_resident_memory_bytes", "Memory that the daemon holds.")
    static let descriptors = Metric("process_open_fds", "Files and connections that the daemon has open.")
    static let mostDescriptors = Metric("process_max_fds", "Files and connections that it may have open.")

    /// All of them, in the order of the answer.
    package static let all: [Metric] = [
        ready, trouble, turns, sinceTurn, reloadRefused, nextDeadline, nextSending, issues, queuedItems, lastSent,
        sendingTime, deliveries, sending, deliveryTrouble, letters, subscribers, mailboxConfigured, mailboxRead,
        mailboxAge, mailboxTrouble, returns, storeBytes, storeFiles, freeBytes, diskBytes, freeFiles, started,
        processor, memory, descriptors, mostDescriptors,
    ]
}
