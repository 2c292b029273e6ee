"""One page a module; its only public function is `show`. Views arrange; they compute nothing."""
