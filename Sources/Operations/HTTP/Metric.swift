/// One metric of `/metrics` with its help. The manual, the dashboards and the answer share this table.
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
    static let trouble = Metric("fortnight_trouble", "Whether a fault keeps the workflow from its work.")
    static let turns = Metric(
        "fortnight_workflow_turn_seconds", kind: .summary,
        "Turns of the workflow: their number and duration.")
    static let sinceTurn = Metric(
        "fortnight_workflow_seconds_since_turn", "Seconds since the workflow last finished a turn.")
    static let reloadRefused = Metric(
        "fortnight_configuration_refused", "Whether a new configuration was refused, and the old one is in use.")

    // MARK: Issues

    static let nextDeadline = Metric(
        "fortnight_next_deadline_timestamp_seconds", "When the next copy deadline is, in seconds since 1970.")
    static let nextSending = Metric(
        "fortnight_next_sending_timestamp_seconds", "When the next issue goes out, in seconds since 1970.")
    static let issues = Metric(
        "fortnight_issues", labels: ["state"], "Closed and past issues, by state.")
    static let queuedItems = Metric("fortnight_open_issue_items", "Items in the next issue so far.")
    static let lastSent = Metric(
        "fortnight_last_issue_sent_timestamp_seconds", "When the last issue finished sending, in seconds since 1970.")
    static let sendingTime = Metric(
        "fortnight_issue_sending_seconds", labels: ["issue"],
        "Time to send an issue, from its first message to its last; for the last twelve.")

    // MARK: Deliveries

    static let deliveries = Metric(
        "fortnight_deliveries", labels: ["issue", "state"],
        "Deliveries of an issue by their state in the ledger; for the last twelve issues.")
    static let sending = Metric("fortnight_sending", "Issues and corrections that are being sent now.")
    static let deliveryTrouble = Metric(
        "fortnight_delivery_trouble", "Whether messages cannot be sent, such as when the relay is down.")
    static let letters = Metric(
        "fortnight_letters_waiting", "Confirmations and goodbyes waiting for the relay.")

    // MARK: People

    static let subscribers = Metric(
        "fortnight_subscribers", labels: ["status"], "Subscribers, by status.")

    // MARK: The mailbox

    static let mailboxConfigured = Metric(
        "fortnight_mailbox_configured", "Whether a return mailbox is configured.")
    static let mailboxRead = Metric(
        "fortnight_mailbox_last_read_timestamp_seconds",
        "When the return mailbox was last read to its end, in seconds since 1970.")
    static let mailboxAge = Metric(
        "fortnight_mailbox_seconds_since_read", "Seconds since the return mailbox was last read to its end.")
    static let mailboxTrouble = Metric(
        "fortnight_mailbox_trouble", "Whether the last reading of the return mailbox failed.")
    static let returns = Metric(
        "fortnight_returns", labels: ["class"], "Messages read from the return mailbox, by class.")

    // MARK: Room

    static let storeBytes = Metric(
        "fortnight_store_bytes", labels: ["store"], "Size of each folder of the state folder.")
    static let storeFiles = Metric(
        "fortnight_store_files", labels: ["store"], "Files in each folder of the state folder.")
    static let freeBytes = Metric("fortnight_disk_free_bytes", "Free space on the state folder's file system.")
    static let diskBytes = Metric("fortnight_disk_size_bytes", "Size of the state folder's file system.")
    static let freeFiles = Metric(
        "fortnight_disk_free_files", "Free inodes on the state folder's file system.")

    // MARK: The process, under the standard names of Prometheus client libraries

    static let started = Metric("process_start_time_seconds", "When the daemon started, in seconds since 1970.")
    static let processor = Metric(
        "process_cpu_seconds_total", kind: .counter, "Processor time that the daemon has used.")
    static let memory = Metric("process_resident_memory_bytes", "Resident memory of the daemon.")
    static let descriptors = Metric("process_open_fds", "Files and connections that the daemon has open.")
    static let mostDescriptors = Metric("process_max_fds", "Most files and connections that the daemon may have open.")

    /// All metrics, in the order of the answer.
    package static let all: [Metric] = [
        ready, trouble, turns, sinceTurn, reloadRefused, nextDeadline, nextSending, issues, queuedItems, lastSent,
        sendingTime, deliveries, sending, deliveryTrouble, letters, subscribers, mailboxConfigured, mailboxRead,
        mailboxAge, mailboxTrouble, returns, storeBytes, storeFiles, freeBytes, diskBytes, freeFiles, started,
        processor, memory, descriptors, mostDescriptors,
    ]
}
