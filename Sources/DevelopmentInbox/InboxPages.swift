import NIOCore

/// The pages that show what came.
struct InboxPages: Sendable {
    let index: MessageIndex
    let configuration: InboxConfiguration
}
