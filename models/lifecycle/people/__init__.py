"""What follows when people change: leavers, delegates, managers, and what App Home shows them."""
