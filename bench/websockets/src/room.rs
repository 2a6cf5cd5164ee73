//! Who is connected, and what waits for each: the same for every library.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    rc::Rc,
    task::{Context, Poll, Waker},
};

pub(crate) struct Room<T> {
    is_echo: bool,
    members: RefCell<Vec<Rc<Outbox<T>>>>,
}

pub(crate) struct Outbox<T> {
    queue: RefCell<VecDeque<T>>,
    waker: Cell<Option<Waker>>,
}

impl<T: Clone> Room<T> {
    pub(crate) fn new(is_echo: bool) -> Rc<Self> {
        Rc::new(Self {
            is_echo,
            members: RefCell::default(),
        })
    }

    pub(crate) fn enter(&self) -> Rc<Outbox<T>> {
        let outbox = Rc::new(Outbox {
            queue: RefCell::default(),
            waker: Cell::default(),
        });
        self.members.borrow_mut().push(Rc::clone(&outbox));
        outbox
    }

    pub(crate) fn leave(&self, outbox: &Rc<Outbox<T>>) {
        self.members
            .borrow_mut()
            .retain(|member| !Rc::ptr_eq(member, outbox));
    }

    /// To everybody, the sender too; or back to the sender alone.
    pub(crate) fn send(&self, from: &Outbox<T>, item: &T) {
        if self.is_echo {
            return from.push(item.clone());
        }
        for member in self.members.borrow().iter() {
            member.push(item.clone());
        }
    }
}

impl<T> Outbox<T> {
    pub(crate) fn push(&self, item: T) {
        self.queue.borrow_mut().push_back(item);
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }

    pub(crate) fn rest(&self) -> VecDeque<T> {
        self.queue.take()
    }

    pub(crate) fn poll(&self, cx: &Context<'_>) -> Poll<T> {
        let mut queue = self.queue.borrow_mut();
        if let Some(item) = queue.pop_front() {
            if queue.is_empty() {
                // What is idle holds nothing, whichever library it is.
                *queue = VecDeque::new();
            }
            return Poll::Ready(item);
        }
        self.waker.set(Some(cx.waker().clone()));
        Poll::Pending
    }
}
